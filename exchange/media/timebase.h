/* timebase.h - samples of CLOCK_MONOTONIC, and their relation to UTC.
 *
 * Sample s belongs to the instant s * 125 us + phase. The phase, less than one sample, puts the samples on UTC's grid:
 * so a mark falls on its true instant without resampling. It is the only use of UTC in C; any step of UTC moves a send
 * by less than one sample, once.
 */
#ifndef DENWA_TIMEBASE_H
#define DENWA_TIMEBASE_H

#include <stdint.h>

#define SAMPLES_PER_MS 8
#define NS_PER_MS 1000000LL
#define US_PER_SAMPLE 125

int64_t monotonic_ns(void);
int64_t monotonic_us(void);

/* Sets the offset from both clocks as they stand. */
void timebase_init(void);

/* 0 .. 124999 ns. */
int64_t timebase_phase_ns(void);

#endif
