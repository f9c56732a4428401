/* cadence.h - bursts and pauses, held against the tones of all countries (table.h). */
#ifndef DENWA_CADENCE_H
#define DENWA_CADENCE_H

#define SEGMENTS 16 /* kept; the longest cadence has eight */

struct hearing;

/* A burst or a pause that is over. */
struct segment {
    int is_burst;
    int is_cut; /* it may have begun before we listened */
    int ms;
    float hz1, hz2; /* of a burst, the lower one first; hz2 is 0 for one cluster */
};

struct cadence {
    struct segment segments[SEGMENTS];
    int count;         /* of all segments so far; the last ones are kept */
    int edge_ms;       /* when the present segment began */
    int limit_ms;      /* of a pause: beyond that no further burst is due */
    int sit_ms;        /* when the first tone of a SIT ended; 0: none did */
    int told;          /* the last kind of tone that was told (HEARD_NOTHING: none, or it is over) */
    int is_unreached;  /* busy, congestion or SIT was told, and no ring-back since */
    float ringback_hz; /* of the last ring-back, busy or congestion that was told */
};

void cadence_init(struct cadence *cadence);

/* The present segment ended at `at_ms`; it was a burst or a pause. */
void cadence_close(struct hearing *hearing, int is_burst, int at_ms);

/* Tells of the cadence that the segments fit, if there is one: the present one is a burst or a pause of `ms` so far. */
void cadence_judge(struct hearing *hearing, int is_burst, int ms);

/* The last segment; only when there is one. */
const struct segment *cadence_last(const struct cadence *cadence);

#endif
