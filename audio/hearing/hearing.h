/* hearing.h - tells call-progress tones, voices, machines and silence apart in what comes from the far end.
 *
 * Fed with 8000 Hz linear PCM, it looks at one frame of 20 ms after the other. Where it may be wrong, it is wrong towards a tone:
 * while a cadence may still go on, nothing is called a voice. Has no lock of its own: its owner holds one. Good for 24 days.
 */
#ifndef DENWA_HEARING_H
#define DENWA_HEARING_H

#include <stdint.h>

#include "heard.h"

struct hearing;

/* Ears that have heard nothing yet; NULL without memory. */
struct hearing *hearing_new(void);

/* May be NULL. */
void hearing_free(struct hearing *hearing);

/* Hears samples, any number of them. Returns 1 if there is something new to take. */
int hearing_rx(struct hearing *hearing, const int16_t *pcm, int samples);

/* What we say meanwhile: its echo is no voice. */
void hearing_said(struct hearing *hearing, const int16_t *pcm, int samples);

/* Takes up to `most` of what was heard, oldest first. Returns how many. */
int hearing_take(struct hearing *hearing, struct heard *heard, int most);

/* How many found no room, 32 being untaken. */
unsigned hearing_lost(const struct hearing *hearing);

#endif
