/* filter.h - lets the kernel drop a broadcast listener's own audio, which nobody hears. line->lock is held. */
#ifndef DENWA_FILTER_H
#define DENWA_FILTER_H

#include "state.h"

/* How long the known source may be unheard behind the filter: it passes one packet in 64, of 60 ms at most. */
#define FILTER_SILENCE_US 8000000

void filter_on(struct line *line);
void filter_off(struct line *line);

#endif
