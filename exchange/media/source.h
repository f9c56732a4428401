/* source.h - whose RTP is heard. All functions: line->lock is held.
 *
 * Symmetric RTP: the first packet after SDP was exchanged tells where the far end is, whatever its SDP says (NAT). From
 * then on a stranger is not heard. Three things make the line learn anew: SDP once more (re-INVITE, UPDATE, transfer),
 * packets from the address in SDP, and a new port of the known host after the old one fell silent.
 */
#ifndef DENWA_SOURCE_H
#define DENWA_SOURCE_H

#include "state.h"

/* SDP was exchanged: forget, and expect packets from `announced`. */
void source_expect(struct source *source, const pj_sockaddr *announced);

enum source_verdict {
    SOURCE_STRANGER,
    SOURCE_KNOWN,
    SOURCE_MOVED /* heard from now on, and we send there */
};

/* May this packet be heard? patience_us: how long the known port must have been silent before another of its host. */
enum source_verdict source_judge(struct source *source, const pj_sockaddr *from, int64_t now_us, int64_t patience_us);

#endif
