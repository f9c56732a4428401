/* press.h - digits that we send as RFC 4733 events, in place of the processor's sound. All functions: line->lock is held.
 *
 * The event takes the stream's own time: its packets carry the timestamp of its beginning (RFC 4733 2.5.1.2), the sequence
 * numbers go on, and the audio after it has the timestamp that it would have had. The last packet goes three times (2.5.1.4).
 */
#ifndef DENWA_PRESS_H
#define DENWA_PRESS_H

#include "state.h"

/* Begins event `code` (0..15) of that length. 0: it will be sent; -1: the far end takes no events, or one is under way. */
int press_begin(struct line *line, int code, int samples);

/* Sends the next packet of the event under way, n samples on. 0: none is under way, and nothing was sent. */
int press_send(struct line *line, int n);

#endif
