/* clips.h - a queue of G.711 clips that plays itself out as linear PCM. Has no lock of its own: its owner holds one. */
#ifndef DENWA_CLIPS_H
#define DENWA_CLIPS_H

#include <stdint.h>

struct clip {
    struct clip *next;
    int id;
    int alaw; /* 0: mu-law */
    int samples;
    uint8_t g711[];
};

struct clip_list {
    struct clip *first;
    struct clip *last;
};

struct clips {
    struct clip_list waiting;  /* the first one is playing */
    struct clip_list finished; /* kept until told to Python, which frees them: the media thread never does */
    int position;              /* samples of the first one that were played */
};

/* A clip with a copy of the samples; NULL without memory or without samples. */
struct clip *clip_new(const uint8_t *g711, int samples, int alaw, int id);

/* Frees a clip and all that follow it. Returns how many. */
int clip_free_all(struct clip *first);

/* Appends a clip, which the queue then owns. */
void clips_append(struct clips *clips, struct clip *clip);

/* Writes `samples` samples, silence where no clip is left. Returns 1 if a clip was played to its end. */
int clips_play(struct clips *clips, int16_t *pcm, int samples);

/* Empties the queue. Returns what waited, for clip_free_all. */
struct clip *clips_take_waiting(struct clips *clips);

/* Takes the oldest finished clip out; NULL if there is none. */
struct clip *clips_take_finished(struct clips *clips);

#endif
