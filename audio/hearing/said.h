/* said.h - how loud we spoke in the last 640 ms, for what comes back of it. */
#ifndef DENWA_SAID_H
#define DENWA_SAID_H

#include <stdint.h>

#define SAID_FRAMES 32

struct said {
    float power[SAID_FRAMES]; /* by number of the frame that is heard next; 1 is 0 dBm0 */
    float sum;                /* of the squares of the `samples` samples of the frame that is being said */
    int samples;
};

/* Samples that we say before frame `next` is whole. */
void said_add(struct said *said, int next, const int16_t *pcm, int samples);

/* Frame `next` comes next. */
void said_turn(struct said *said, int next);

/* Power of the loudest frame. */
float said_loudest(const struct said *said);

/* Power of the loudest of three frames around that of a number. */
float said_near(const struct said *said, int number);

#endif
