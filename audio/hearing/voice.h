/* voice.h - sound that is like speech, where it can be. */
#ifndef DENWA_VOICE_H
#define DENWA_VOICE_H

struct hearing;

struct voice {
    float floor_dbm0; /* noise, between words */
    float score;      /* speech frames, leaking away in quiet */
    float change;     /* sum over the `run` speech frames since `first_frame` */
    int run;
    int first_frame;  /* of the sound that has a score */
    int last_frame;   /* the last speech frame */
};

void voice_init(struct voice *voice);

/* Follows the frame of 120 ms ago: by then it is known whether it was a tone. */
void voice_step(struct hearing *hearing);

/* The score of a voice that goes on until now, else 0. */
float voice_leading(const struct hearing *hearing);

#endif
