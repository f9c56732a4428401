/* cadence.c - see cadence.h. */
#include "cadence.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "state.h"
#include "table.h"

#define LONGEST_PAUSE_MS 5600 /* of any ring-back, and what it may be measured wrong by */
#define DECIDED_MS 1700       /* a pause that long is a ring-back's: no busy has one */
#define SHORTEST_CUT_MS 120   /* of a burst that was joined in its middle: shorter tells nothing */
#define SIT_SHORTEST_MS 200
#define SIT_WITHIN_MS 2100
#define BETTER .05f /* a later row of the table must fit better by that */

static const int ROWS = sizeof tone_rows / sizeof *tone_rows;

void cadence_init(struct cadence *cadence)
{
    cadence->limit_ms = LONGEST_PAUSE_MS;
}

/* What a length of the table may be measured wrong by. */
static int tolerance_ms(int ms)
{
    return 50 + ms / 12;
}

static int is_length(int ms, int wanted_ms)
{
    return abs(ms - wanted_ms) <= tolerance_ms(wanted_ms);
}

static int is_frequency(float hz, float wanted_hz)
{
    return fabsf(hz - wanted_hz) <= 12 + wanted_hz * .018f;
}

/* The last segment (0), the one before it (1), and so on; NULL where none is kept. */
static const struct segment *segment_back(const struct cadence *cadence, int back)
{
    if (back >= cadence->count || back >= SEGMENTS)
        return NULL;
    return &cadence->segments[(cadence->count - 1 - back) % SEGMENTS];
}

const struct segment *cadence_last(const struct cadence *cadence)
{
    return segment_back(cadence, 0);
}

static int has_frequencies(const struct segment *segment, const struct tone_row *row)
{
    if (!is_frequency(segment->hz1, row->hz1))
        return 0;
    return !row->hz2 || (segment->hz2 != 0 && is_frequency(segment->hz2, row->hz2));
}

/* A segment whose beginning was not heard may be shorter than the row's. It counts as the oldest one only, and not for a SIT. */
static int has_length(const struct segment *segment, const struct tone_row *row, int wanted_ms, int is_oldest)
{
    if (!segment->is_cut)
        return is_length(segment->ms, wanted_ms);
    int is_possible = segment->ms <= wanted_ms + tolerance_ms(wanted_ms) && segment->ms >= SHORTEST_CUT_MS;
    return is_possible && is_oldest && row->kind != HEARD_SIT;
}

/* How many segments must fit before the present one is believed to go on with the row. A ring-back needs all but its long pause,
 * which is then going on. */
static int segments_needed(const struct tone_row *row)
{
    if (row->kind == HEARD_RINGBACK)
        return row->parts - 1;
    if (row->parts > 2)
        return row->parts;
    return row->kind == HEARD_SIT ? 2 : 3;
}

/* Mean square error of the last segments against a row whose part `present` is going on; -1: they do not fit. */
static float error_at(const struct cadence *cadence, const struct tone_row *row, int present)
{
    int needed = segments_needed(row);
    float error = 0;
    float lengths = 0;
    for (int back = 0; back < needed; back++) {
        const struct segment *segment = segment_back(cadence, back);
        int wanted_ms = row->ms[(present - 1 - back + 2 * row->parts) % row->parts];
        if (segment == NULL || (segment->is_burst && !has_frequencies(segment, row)))
            return -1;
        if (!has_length(segment, row, wanted_ms, back == needed - 1))
            return -1;
        if (!segment->is_cut) {
            float off = (segment->ms - wanted_ms) / (30 + wanted_ms * .05f);
            error += off * off;
            lengths++;
        }
        if (segment->is_burst) {
            float off = (segment->hz1 - row->hz1) / 12;
            error += .5f * off * off;
        }
    }
    return error / (lengths + 1);
}

/* The least error of a row, wherever in its cadence the present segment is; -1: it does not fit. */
static float row_error(const struct cadence *cadence, const struct tone_row *row, int is_burst, int ms)
{
    float least = -1;
    for (int present = is_burst ? 0 : 1; present < row->parts; present += 2) {
        if (ms > row->ms[present] + tolerance_ms(row->ms[present]))
            continue;
        if (row->kind == HEARD_RINGBACK && (present != row->parts - 1 || ms < DECIDED_MS))
            continue;
        float error = error_at(cadence, row, present);
        if (error >= 0 && (least < 0 || error < least))
            least = error;
    }
    return least;
}

void cadence_judge(struct hearing *hearing, int is_burst, int ms)
{
    struct cadence *cadence = &hearing->cadence;
    const struct tone_row *best = NULL;
    float least = 0;
    for (int i = 0; i < ROWS; i++) {
        float error = row_error(cadence, &tone_rows[i], is_burst, ms);
        if (error >= 0 && (best == NULL || error < least - BETTER)) {
            best = &tone_rows[i];
            least = error;
        }
    }
    if (best == NULL || best->kind == cadence->told)
        return;
    if (cadence->told == HEARD_CONGESTION && best->kind == HEARD_BUSY && cadence->is_unreached)
        return; /* told once that it was not reached is enough */
    cadence->told = best->kind;
    cadence->is_unreached = best->kind != HEARD_RINGBACK;
    cadence->ringback_hz = hearing->burst.hz1;
    hearing_tell(hearing, best->kind);
}

/* Whether the last burst but `back` bursts, and the pause after it, were whole and of these lengths. */
static int was_heard(const struct cadence *cadence, int back, int burst_ms, int pause_ms)
{
    const struct segment *pause = segment_back(cadence, back);
    const struct segment *burst = segment_back(cadence, back + 1);
    if (pause == NULL || burst == NULL || pause->is_burst || burst->is_cut)
        return 0;
    return is_length(pause->ms, pause_ms) && is_length(burst->ms, burst_ms);
}

/* After a burst: how long may its cadence be quiet? As long as the longest pause of its frequency in the table, or the one that a
 * ring-back was heard to have. */
static int limit_ms(const struct cadence *cadence, const struct segment *burst)
{
    int longest_ms = 0;
    int heard_ms = 0;
    for (int i = 0; i < ROWS; i++) {
        const struct tone_row *row = &tone_rows[i];
        if (fabsf(burst->hz1 - row->hz1) > 16)
            continue;
        for (int part = 1; part < row->parts; part += 2) {
            int pause_ms = row->ms[part];
            int burst_ms = row->ms[part - 1];
            if (pause_ms > longest_ms && (burst->is_cut || burst->ms < burst_ms + 150))
                longest_ms = pause_ms;
            if (cadence->told != HEARD_RINGBACK || pause_ms <= DECIDED_MS || pause_ms <= heard_ms)
                continue;
            for (int back = 1; back < 6; back++)
                if (was_heard(cadence, back, burst_ms, pause_ms))
                    heard_ms = pause_ms;
        }
    }
    if (heard_ms)
        longest_ms = heard_ms + heard_ms / 10;
    return (longest_ms ? longest_ms : 1000) + 350;
}

/* SIT: about 950 Hz, then about 1400 Hz, 200 ms or more of each (ITU-T E.180, 6.3). The third tone is not waited for. */
static void judge_sit(struct hearing *hearing, const struct segment *burst, int at_ms)
{
    struct cadence *cadence = &hearing->cadence;
    if (burst->ms < SIT_SHORTEST_MS)
        return;
    if (fabsf(burst->hz1 - 950) < 70) {
        cadence->sit_ms = at_ms;
        return;
    }
    int is_second = fabsf(burst->hz1 - 1415) < 70 && cadence->sit_ms && at_ms - cadence->sit_ms < SIT_WITHIN_MS;
    if (!is_second)
        return;
    cadence->sit_ms = 0;
    if (cadence->told == HEARD_SIT)
        return;
    cadence->told = HEARD_SIT;
    cadence->is_unreached = 1;
    hearing_tell(hearing, HEARD_SIT);
}

void cadence_close(struct hearing *hearing, int is_burst, int at_ms)
{
    struct cadence *cadence = &hearing->cadence;
    const struct burst *burst = &hearing->burst;
    int ms = at_ms > cadence->edge_ms ? at_ms - cadence->edge_ms : 0;
    struct segment closed = {is_burst, cadence->count == 0, ms, burst->hz1, burst->hz2};
    cadence->segments[cadence->count++ % SEGMENTS] = closed;
    cadence->edge_ms = at_ms;
    if (!is_burst)
        return;
    cadence->limit_ms = limit_ms(cadence, &closed);
    judge_sit(hearing, &closed, at_ms);
}
