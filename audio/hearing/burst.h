/* burst.h - a tone that is on: where it begins and ends. */
#ifndef DENWA_BURST_H
#define DENWA_BURST_H

struct hearing;

/* What was true before a burst, for when it proves to be none. */
struct before_burst {
    int count;
    int edge_ms;
    int limit_ms;
    float voice;
};

struct burst {
    int is_on;
    int is_mature;         /* it lasts, or goes on with a cadence: no vowel */
    int first_frame;       /* the first one that is on */
    int last_frame;        /* the last one of the burst before, when none is on */
    float hz1, hz2;        /* of the burst that is on, else of the last one; hz2 is 0 for one cluster */
    float level;           /* its mean, dBm0 */
    float power;           /* its greatest, slowly forgotten; 1 is 0 dBm0 */
    int is_steady;         /* that it lasts was told */
    int is_told;           /* that it is on was told */
    int answer_frames;     /* of answer tones, in all */
    int run;               /* frames alike, up to now */
    float run_hz1, run_hz2; /* their mean frequencies */
    struct before_burst before;
};

void burst_init(struct burst *burst);

/* Follows the newest frame, whose spectrum it is; tells of the cadences that it completes. */
void burst_step(struct hearing *hearing, const float *power);

/* Takes the last burst back: it was a voice's. */
void burst_forget(struct hearing *hearing);

#endif
