/* adapter.h - a PJMEDIA transport on top of pjsua's own, which sees each RTP packet first. */
#ifndef DENWA_ADAPTER_H
#define DENWA_ADAPTER_H

#include <pjmedia/transport.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Puts a line on the transport `below`, which it closes with itself when owns_below; *out is what pjsua should use. The
 * line's handle, or 0. */
unsigned adapter_create(pjmedia_transport *below, int owns_below, pjmedia_transport **out);

#ifdef __cplusplus
}
#endif

#endif
