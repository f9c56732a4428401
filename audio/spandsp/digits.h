/* digits.h - DTMF in the caller's signal, for the processors that listen for it. */
#ifndef DENWA_DIGITS_H
#define DENWA_DIGITS_H

#include <pthread.h>
#include <stdint.h>

#include <spandsp.h>

#define DIGITS_KEPT 64 /* heard and not yet read; the newest are lost beyond that */

/* The detector belongs to the line's calls and needs no lock; `lock` guards what was heard, alone, for a few instructions. */
struct digits {
    void *owner; /* the processor, whose DSP_DIGIT is raised */
    dtmf_rx_state_t *detector;
    pthread_mutex_t lock;
    char heard[DIGITS_KEPT];
    int count;
};

/* Begins to listen for a processor (its struct owned). -1: no memory; digits_end is due in any case. */
int digits_init(struct digits *digits, void *owner);

/* Hears samples; from the line's calls only. */
void digits_rx(struct digits *digits, const int16_t *pcm, int samples);

/* Takes up to `most` digits heard, oldest first. Returns how many. */
int digits_take(struct digits *digits, char *taken, int most);

/* Frees the detector. */
void digits_end(struct digits *digits);

#endif
