/* over.h - somebody speaks while we do, told apart from what comes back of our words. */
#ifndef DENWA_OVER_H
#define DENWA_OVER_H

#define OVER_LAGS 25 /* frames: an echo takes half a second at most */

struct frame;
struct hearing;

struct over {
    float back_db[OVER_LAGS]; /* by lag: how much less of our words is heard so much later, mostly */
    float score;              /* frames that were louder, leaking away */
    int told_frame;
};

void over_init(struct over *over);

/* Goes on by the frame of that number, which may be an echo by its level alone. */
void over_step(struct hearing *hearing, int number, int may_speak);

#endif
