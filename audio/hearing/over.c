/* over.c - see over.h.
 *
 * For each lag, the little that is heard in one frame of ten so long after our loud ones is as much as the echo of that lag can be:
 * whoever speaks over our words makes a pause at times. What is louder by a margin than any lag explains is somebody's.
 */
#include "over.h"

#include <math.h>

#include "state.h"

#define LOUD_DBM0 (-30) /* what is softer of ours tells nothing of its echo */
#define DOWN_DB 1.f     /* a step down for each frame that is below, and a ninth of it up: a tenth of them is below */
#define UP_DB (DOWN_DB / 9)
#define MARGIN_DB 14
#define ENOUGH 8
#define MOST_SCORE 16
#define LEAK .25f
#define AGAIN_FRAMES 50

void over_init(struct over *over)
{
    over->told_frame = LONG_AGO;
}

/* The loudest that may come back of our words in a frame, dBm0, by all that was learnt; learns from it. */
static float follow_echo(struct over *over, const struct said *said, int number, float level)
{
    float most_dbm0 = -200;
    for (int lag = 0; lag < OVER_LAGS; lag++) {
        float said_dbm0 = frame_dbm0(said_near(said, number - lag));
        float *back_db = &over->back_db[lag];
        most_dbm0 = fmaxf(most_dbm0, said_dbm0 + *back_db);
        if (said_dbm0 < LOUD_DBM0)
            continue;
        *back_db += level - said_dbm0 < *back_db ? -DOWN_DB : UP_DB;
    }
    return most_dbm0;
}

void over_step(struct hearing *hearing, int number, int may_speak)
{
    struct over *over = &hearing->over;
    float level = frame_at(hearing, number)->level;
    float echo_dbm0 = follow_echo(over, &hearing->said, number, level);
    if (may_speak && level > echo_dbm0 + MARGIN_DB)
        over->score = fminf(over->score + 1, MOST_SCORE);
    else if (over->score > 0)
        over->score -= LEAK;
    if (over->score < ENOUGH || hearing->now - over->told_frame < AGAIN_FRAMES)
        return;
    over->told_frame = hearing->now;
    hearing_tell(hearing, HEARD_OVER);
}
