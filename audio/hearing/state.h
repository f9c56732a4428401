/* state.h - one pair of ears: what its parts remember, and what they ask of each other. */
#ifndef DENWA_HEARING_STATE_H
#define DENWA_HEARING_STATE_H

#include <stdint.h>

#include "burst.h"
#include "cadence.h"
#include "frame.h"
#include "hearing.h"
#include "over.h"
#include "said.h"
#include "spectrum.h"
#include "talk.h"
#include "voice.h"

#define FRAMES_KEPT 16 /* a power of two: more than voice.c looks back */
#define HEARD_KEPT 32
#define LONG_AGO (-1000)

struct hearing {
    float window[SPECTRUM_SAMPLES]; /* the last samples; those of the frame that is not whole yet come last */
    int filled;                     /* samples of that frame */
    int now;                        /* number of the newest whole frame, from 1 */
    struct frame frames[FRAMES_KEPT];
    struct frame_bands bands;
    struct said said;
    struct over over;
    struct burst burst;
    struct cadence cadence;
    struct voice voice;
    struct talk talk;
    struct heard heard[HEARD_KEPT];
    unsigned heard_read;
    unsigned heard_written;
    unsigned heard_lost;
};

/* A frame by its number; those before the first are all zeros. */
static inline struct frame *frame_at(const struct hearing *hearing, int number)
{
    return (struct frame *)&hearing->frames[(unsigned)number % FRAMES_KEPT];
}

/* Notes what was heard, with the present time. */
void hearing_tell(struct hearing *hearing, enum heard_kind kind);

#endif
