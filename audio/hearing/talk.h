/* talk.h - who may be speaking: a turn, a person, a machine; and when nobody is. */
#ifndef DENWA_TALK_H
#define DENWA_TALK_H

struct hearing;
struct segment;

struct talk {
    int is_talking;  /* a voice was told, and no end of it seen */
    int has_talked;  /* ever */
    int first_frame; /* where that voice began */
    int told;        /* the last of HEARD_TURN, HEARD_MACHINE that was told of this voice */
    int talked_ms;   /* since the last long quiet, without the voice that is talking */
    int is_turn;     /* a turn was told that may yet be a person's */
    int sure_frame;  /* from there on no first burst of a ring-back can come any more */
    int sound_frame; /* the last one that was not quiet */
    int is_silence;  /* silence was told */
};

/* What a frame was found to be. */
struct moment {
    int number;
    int is_voice; /* somebody speaks, as far as one can tell */
    int is_sound; /* it is not quiet */
    int is_due;   /* a burst of a cadence may still come */
};

/* Goes on by a frame. */
void talk_step(struct hearing *hearing, struct moment moment);

/* A tone came: nobody speaks, and whoever did was none. */
void talk_cut(struct talk *talk);

/* A burst ended: after speech it may be a machine's beep. */
void talk_judge_beep(struct hearing *hearing, const struct segment *burst);

#endif
