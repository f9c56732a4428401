/* burst.c - see burst.h. */
#include "burst.h"

#include <math.h>

#include "spectrum.h"
#include "state.h"

#define FAINTEST_DBM0 (-48)
#define TONAL .7f          /* of a frame's power lies in its one or two clusters */
#define STILL_TONAL .45f   /* in the best of the last three frames */
#define OFF_PART .16f      /* of the burst's power: 8 dB below it */
#define ALIKE 3            /* frames, until a tone counts as on */
#define ALIKE_HZ 12
#define MOVED_HZ 30        /* another tone took over without a pause */
#define MATURE_FRAMES 7
#define BEGIN_FRAMES 6     /* how far back a burst may have begun when it counts as on */
#define AGAIN_HZ 9
#define AGAIN_FRAMES 50    /* 1 s */
#define ECHO_FRAMES 25     /* 500 ms after a burst what is 9 dB below it is its echo */
#define ECHO_DB 9
#define EDGE_MS 8          /* from where a frame's power shows an edge to the edge */
#define JUDGE_EVERY 4      /* frames of a pause */
#define LONG_PAUSE_MS 1700
#define STEADY_MS 2700
#define TELLING_MS 400     /* no shorter burst is a ring-back's */
#define TELLING_LOWEST_HZ 384
#define TELLING_HIGHEST_HZ 478
#define ANSWER_HZ 2000     /* no call-progress tone is as high */
#define ANSWER_FRAMES 50

void burst_init(struct burst *burst)
{
    burst->last_frame = LONG_AGO;
}

/* One tone at 380 to 520 Hz or above 550 Hz, or the busy of North America. */
static int is_tonal(const struct frame *frame)
{
    if (frame->level <= FAINTEST_DBM0 || frame->tonality <= TONAL)
        return 0;
    if (frame->hz2 > 0)
        return frame->hz1 > 460 && frame->hz1 < 515 && frame->hz2 > 585 && frame->hz2 < 640;
    return (frame->hz1 > 380 && frame->hz1 < 520) || frame->hz1 > 550;
}

static void follow_run(struct burst *burst, const struct frame *frame)
{
    int tonal = is_tonal(frame);
    if (tonal && burst->run && fabsf(frame->hz1 - burst->run_hz1) < ALIKE_HZ) {
        burst->run++;
        burst->run_hz1 += (frame->hz1 - burst->run_hz1) / burst->run;
        burst->run_hz2 += (frame->hz2 - burst->run_hz2) / burst->run;
    } else {
        burst->run = tonal;
        burst->run_hz1 = frame->hz1;
        burst->run_hz2 = frame->hz2;
    }
}

static void close_segment(struct hearing *hearing, int is_burst, int at_ms)
{
    cadence_close(hearing, is_burst, at_ms);
    if (is_burst)
        talk_judge_beep(hearing, cadence_last(&hearing->cadence));
    cadence_judge(hearing, !is_burst, 0);
}

/* Whether the burst goes on in none of the last three frames: its power is gone, or drowned in something else. */
static int is_gone(const struct hearing *hearing)
{
    float power = 0;
    float part = 0;
    for (int back = 0; back < ALIKE; back++) {
        const struct frame *frame = frame_at(hearing, hearing->now - back);
        power = fmaxf(power, frame->tone_power);
        part = fmaxf(part, frame->tone_power / powf(10, frame->level / 10));
    }
    return power < hearing->burst.power * OFF_PART || part < STILL_TONAL;
}

static void go_on(struct hearing *hearing, struct frame *frame, const float *power)
{
    struct burst *burst = &hearing->burst;
    float here = spectrum_around(power, burst->hz1) + (burst->hz2 > 0 ? spectrum_around(power, burst->hz2) : 0);
    frame->tone_power = here;
    frame->is_tone = 1;
    burst->power = fmaxf(burst->power * .97f, here);
    if (here > burst->power * .3f)
        burst->level += (frame->level - burst->level) * .1f;
    int has_moved = burst->run >= ALIKE && fabsf(burst->run_hz1 - burst->hz1) > MOVED_HZ;
    if (has_moved || is_gone(hearing)) {
        int frames_ago = has_moved ? ALIKE : ALIKE - 1;
        burst->is_on = 0;
        close_segment(hearing, 1, (hearing->now - frames_ago) * FRAME_MS - SPECTRUM_HALF_MS - EDGE_MS);
        burst->last_frame = hearing->now - 2;
        if (!has_moved)
            burst->run = 0;
    } else if (hearing->now - burst->first_frame >= MATURE_FRAMES) {
        burst->is_mature = 1;
    }
}

/* How many frames ago the run that just counts as a burst came up, and its power by now. */
static int frames_since_begin(const struct hearing *hearing, float *loudest)
{
    int frames = hearing->burst.run < BEGIN_FRAMES ? hearing->burst.run : BEGIN_FRAMES;
    *loudest = 0;
    for (int back = 0; back < frames; back++)
        *loudest = fmaxf(*loudest, frame_at(hearing, hearing->now - back)->tone_power);
    int since = 0;
    for (int back = 0; back < frames; back++)
        if (frame_at(hearing, hearing->now - back)->tone_power > *loudest * OFF_PART)
            since = back;
    return since;
}

static void begin(struct hearing *hearing, const struct frame *frame)
{
    struct burst *burst = &hearing->burst;
    struct cadence *cadence = &hearing->cadence;
    int since = frames_since_begin(hearing, &burst->power);
    int is_same = fabsf(burst->run_hz1 - burst->hz1) < AGAIN_HZ;
    burst->is_mature = cadence->count && is_same && hearing->now - burst->last_frame < AGAIN_FRAMES;
    burst->before = (struct before_burst){cadence->count, cadence->edge_ms, cadence->limit_ms, voice_leading(hearing)};
    burst->is_on = 1;
    burst->is_steady = burst->is_told = 0;
    burst->first_frame = hearing->now - since;
    burst->hz1 = burst->run_hz1;
    burst->hz2 = burst->run_hz2;
    burst->level = frame->level;
    for (int back = 0; back <= since; back++)
        frame_at(hearing, hearing->now - back)->is_tone = 1;
    int at_ms = burst->first_frame * FRAME_MS - SPECTRUM_HALF_MS + EDGE_MS;
    if (at_ms < cadence->edge_ms)
        at_ms = cadence->edge_ms;
    if (cadence->count == 0 && at_ms < ALIKE * FRAME_MS)
        cadence->edge_ms = at_ms; /* it was there when we began to listen: no pause before it */
    else
        close_segment(hearing, 0, at_ms);
}

/* The echo of a burst that just ended is no burst of its own. */
static int is_echo(const struct hearing *hearing, const struct frame *frame)
{
    const struct burst *burst = &hearing->burst;
    if (!hearing->cadence.count || hearing->now - burst->last_frame >= ECHO_FRAMES)
        return 0;
    return frame->level < burst->level - ECHO_DB;
}

/* What is known of a burst of so many ms before it ends. */
static void tell_while_on(struct hearing *hearing, int ms)
{
    struct burst *burst = &hearing->burst;
    int is_answer = burst->hz1 > ANSWER_HZ && ++burst->answer_frames > ANSWER_FRAMES;
    if ((ms > STEADY_MS || is_answer) && !burst->is_steady) {
        burst->is_steady = 1;
        hearing->cadence.told = HEARD_NOTHING;
        hearing_tell(hearing, HEARD_TONE);
    }
    int may_ring = burst->hz1 > TELLING_LOWEST_HZ && burst->hz1 < TELLING_HIGHEST_HZ && !burst->hz2;
    if (may_ring && ms > TELLING_MS - 2 * FRAME_MS && !burst->is_told && hearing->cadence.told == HEARD_NOTHING) {
        burst->is_told = 1;
        hearing_tell(hearing, HEARD_BURST);
    }
}

void burst_step(struct hearing *hearing, const float *power)
{
    struct burst *burst = &hearing->burst;
    struct cadence *cadence = &hearing->cadence;
    struct frame *frame = frame_at(hearing, hearing->now);
    int tonal = is_tonal(frame);
    follow_run(burst, frame);
    if (burst->is_on)
        go_on(hearing, frame, power);
    if (!burst->is_on && is_echo(hearing, frame)) {
        burst->run = 0;
        frame->is_tone = tonal;
    } else if (!burst->is_on && burst->run >= ALIKE) {
        begin(hearing, frame);
    }
    int ms = hearing->now * FRAME_MS - SPECTRUM_HALF_MS - cadence->edge_ms;
    int is_pause = !burst->is_on && cadence->count;
    if (is_pause && ms > LONG_PAUSE_MS && ms < cadence->limit_ms && hearing->now % JUDGE_EVERY == 0)
        cadence_judge(hearing, 0, ms);
    if (burst->is_on)
        tell_while_on(hearing, ms);
}

void burst_forget(struct hearing *hearing)
{
    const struct before_burst *before = &hearing->burst.before;
    hearing->cadence.count = before->count;
    hearing->cadence.edge_ms = before->edge_ms;
    hearing->cadence.limit_ms = before->limit_ms;
}
