/* talk.c - see talk.h. */
#include "talk.h"

#include "state.h"

#define TURN_GAP_MS 700 /* of quiet after a turn */
#define TURN_MS 2800    /* a turn is shorter */
#define MACHINE_MS 3000 /* a machine's speech is longer */
#define QUIET_MS 1600   /* that long makes the next voice a new one */
#define SILENCE_MS 3000
#define BEEP_HZ 550     /* at least */
#define BEEP_SHORTEST_MS 180
#define BEEP_LONGEST_MS 2500
#define NO_RINGBACK_FRAMES (5600 / FRAME_MS) /* no ring-back pauses longer */

void talk_cut(struct talk *talk)
{
    talk->is_turn = 0;
    talk->is_talking = 0;
}

static void tell_machine(struct hearing *hearing)
{
    hearing->talk.is_turn = 0;
    hearing->talk.told = HEARD_MACHINE;
    hearing_tell(hearing, HEARD_MACHINE);
}

void talk_judge_beep(struct hearing *hearing, const struct segment *burst)
{
    const struct talk *talk = &hearing->talk;
    if (!talk->has_talked || talk->told == HEARD_MACHINE || burst->hz1 <= BEEP_HZ)
        return;
    if (burst->ms >= BEEP_SHORTEST_MS && burst->ms < BEEP_LONGEST_MS)
        tell_machine(hearing);
}

static void begin(struct hearing *hearing)
{
    struct talk *talk = &hearing->talk;
    int first_frame = hearing->voice.first_frame;
    if (!talk->is_turn) /* a ring-back that stopped proves an answer; without one a first burst may still come */
        talk->sure_frame = hearing->cadence.told == HEARD_RINGBACK ? hearing->now : first_frame + NO_RINGBACK_FRAMES;
    talk->is_talking = 1;
    talk->has_talked = 1;
    talk->first_frame = first_frame;
    talk->told = HEARD_NOTHING;
    hearing_tell(hearing, HEARD_VOICE);
}

static void go_on(struct hearing *hearing, int quiet_ms)
{
    struct talk *talk = &hearing->talk;
    int all_ms = talk->talked_ms + (hearing->voice.last_frame - talk->first_frame) * FRAME_MS;
    if (quiet_ms > TURN_GAP_MS) {
        if (talk->told != HEARD_MACHINE && all_ms < TURN_MS) {
            talk->is_turn = 1;
            talk->told = HEARD_TURN;
            hearing_tell(hearing, HEARD_TURN);
        }
        talk->is_talking = 0;
        talk->talked_ms = all_ms;
        hearing->voice.score = 0;
    } else if (all_ms > MACHINE_MS && talk->told != HEARD_MACHINE) {
        tell_machine(hearing);
    }
}

static void judge_person(struct hearing *hearing)
{
    struct talk *talk = &hearing->talk;
    if (!talk->is_turn || talk->is_talking || talk->talked_ms || hearing->now < talk->sure_frame)
        return;
    talk->is_turn = 0;
    hearing->cadence.told = HEARD_NOTHING;
    hearing_tell(hearing, HEARD_PERSON);
}

static void judge_silence(struct hearing *hearing, struct moment moment, int quiet_ms)
{
    struct talk *talk = &hearing->talk;
    if (moment.is_sound) {
        talk->sound_frame = hearing->now;
        talk->is_silence = 0;
        return;
    }
    if (!talk->is_talking && quiet_ms > 3 * TURN_GAP_MS && !moment.is_due)
        hearing->voice.score = 0;
    if (talk->is_silence || moment.is_due || (hearing->now - talk->sound_frame) * FRAME_MS < SILENCE_MS)
        return;
    talk->is_silence = 1;
    hearing->cadence.told = HEARD_NOTHING;
    hearing_tell(hearing, HEARD_SILENCE);
}

void talk_step(struct hearing *hearing, struct moment moment)
{
    struct talk *talk = &hearing->talk;
    if (!talk->is_talking && moment.is_voice)
        begin(hearing);
    int quiet_ms = (moment.number - hearing->voice.last_frame) * FRAME_MS;
    if (talk->is_talking)
        go_on(hearing, quiet_ms);
    if (quiet_ms > QUIET_MS)
        talk->talked_ms = 0;
    judge_person(hearing);
    judge_silence(hearing, moment, quiet_ms);
}
