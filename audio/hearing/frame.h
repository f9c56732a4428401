/* frame.h - what 20 ms of sound look like: how loud, how much like a tone, how much like speech. */
#ifndef DENWA_FRAME_H
#define DENWA_FRAME_H

#define FRAME_SAMPLES 160
#define FRAME_MS 20
#define FRAME_BANDS 12
#define FRAME_BANDS_KEPT 4 /* three frames back: 60 ms */

struct frame {
    float level;      /* dBm0, of 200 to 3400 Hz */
    float tone_power; /* of the strongest cluster, and of a second one within 7 dB; in a tone: at that tone's frequencies */
    float tonality;   /* how much of the frame's power that is, 0 to 1 */
    float hz1, hz2;   /* the clusters' frequencies, the lower one first; hz2 is 0 where there is no second one */
    float change;     /* of the spectrum in 60 ms, dB: the mean of the bands within 25 dB of the loudest */
    float unevenness; /* how far the spectrum is from flat, dB */
    int is_tone;      /* part of a tone, or of its echo */
};

/* Levels of the bands in the last frames, dBm0. */
struct frame_bands {
    float level[FRAME_BANDS_KEPT][FRAME_BANDS];
};

float frame_dbm0(float power);

/* Measures frame `number`, whose spectrum it is. */
void frame_measure(struct frame *frame, struct frame_bands *bands, int number, const float *power);

#endif
