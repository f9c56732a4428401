/* voice.c - see voice.h. */
#include "voice.h"

#include <math.h>

#include "state.h"

#define LAG 6           /* frames that are waited, for what tells a tone from speech */
#define AROUND 4        /* frames on each side of a tone that are not looked at */
#define FIRST_FRAMES 2  /* of the listening: they have no past */
#define ABOVE_FLOOR_DB 7
#define QUIETEST_DBM0 (-46)
#define ECHO_DB 3       /* what is that much below what we say is its echo */
#define SAID_QUIETEST_DBM0 (-60)
#define VOICED 5        /* speech frames, for a voice; one "hai" is as short */
#define MOST_SCORE 25
#define LEAK .25f
#define LOOK_FRAMES 9   /* a hum begins with change, too, but then stays: look that long after the beginning */
#define MEAN_CHANGE_DB 2.5f
#define CHANGE_DB 1.5f
#define FALSE_BURST_MS 600
#define FALSE_BURST_DB 7
#define OTHER_PITCH_HZ 15

void voice_init(struct voice *voice)
{
    voice->floor_dbm0 = -50;
    voice->last_frame = LONG_AGO;
}

float voice_leading(const struct hearing *hearing)
{
    const struct voice *voice = &hearing->voice;
    return voice->last_frame >= hearing->now - LAG - AROUND ? voice->score : 0;
}

static void follow_floor(struct voice *voice, float level)
{
    if (level < voice->floor_dbm0)
        voice->floor_dbm0 += (level - voice->floor_dbm0) * .3f;
    else
        voice->floor_dbm0 += .06f;
}

static int is_near_tone(const struct hearing *hearing, int frame)
{
    if (hearing->burst.is_on && !hearing->burst.is_mature)
        return 0; /* a vowel may look like a tone for 100 ms */
    for (int i = frame - AROUND; i <= frame + AROUND; i++)
        if (frame_at(hearing, i)->is_tone)
            return 1;
    return 0;
}

/* A burst that was no cadence's, for it was short, and sound goes on where it ended, or a voice led into it at another pitch than
 * the ring-back's: as if it had not been. */
static void forget_false_burst(struct hearing *hearing)
{
    const struct burst *burst = &hearing->burst;
    const struct cadence *cadence = &hearing->cadence;
    if (burst->is_on || hearing->now - burst->last_frame != LAG || !cadence->count)
        return;
    if (cadence_last(cadence)->ms >= FALSE_BURST_MS)
        return;
    int goes_on = frame_at(hearing, hearing->now)->level > burst->level - FALSE_BURST_DB;
    int is_other = cadence->told == HEARD_RINGBACK && fabsf(burst->hz1 - cadence->ringback_hz) > OTHER_PITCH_HZ;
    if (cadence->told == HEARD_NOTHING ? !goes_on : !is_other || burst->before.voice < VOICED)
        return;
    hearing->voice.score = burst->before.voice;
    burst_forget(hearing);
}

/* Whether a burst of a cadence may still come: then nothing is called a voice. */
static int is_due(const struct hearing *hearing)
{
    const struct cadence *cadence = &hearing->cadence;
    if (!cadence->count)
        return hearing->burst.is_on && hearing->burst.is_mature;
    int pause_ms = hearing->now * FRAME_MS - SPECTRUM_HALF_MS - cadence->edge_ms;
    return hearing->burst.is_on || pause_ms < cadence->limit_ms;
}

static int is_echo(const struct hearing *hearing, const struct frame *frame)
{
    float said_dbm0 = frame_dbm0(said_loudest(&hearing->said));
    return said_dbm0 > SAID_QUIETEST_DBM0 && frame->level < said_dbm0 - ECHO_DB;
}

static void follow_score(struct hearing *hearing, const struct frame *frame, int number, int is_speech, int waits)
{
    struct voice *voice = &hearing->voice;
    if (is_speech) {
        if (voice->score <= 0) {
            voice->first_frame = number;
            voice->change = 0;
            voice->run = 0;
        }
        voice->score += 1;
        voice->change += frame->change;
        voice->run++;
        voice->last_frame = number;
    } else if (voice->score > 0 && !waits) {
        voice->score -= LEAK;
    }
    if (voice->score > MOST_SCORE)
        voice->score = MOST_SCORE;
    if (hearing->burst.is_on && hearing->burst.is_mature) {
        voice->score = 0;
        talk_cut(&hearing->talk);
    }
}

static int has_voice(const struct voice *voice, const struct frame *frame, int number, int is_active)
{
    if (voice->score < VOICED || number - voice->first_frame < LOOK_FRAMES)
        return 0;
    return voice->change > MEAN_CHANGE_DB * voice->run && (!is_active || frame->change > CHANGE_DB);
}

void voice_step(struct hearing *hearing)
{
    struct voice *voice = &hearing->voice;
    int number = hearing->now - LAG;
    const struct frame *frame = frame_at(hearing, number);
    if (number < FIRST_FRAMES)
        return;
    follow_floor(voice, frame->level);
    int is_tone = is_near_tone(hearing, number);
    forget_false_burst(hearing);
    int is_active = frame->level > fmaxf(voice->floor_dbm0 + ABOVE_FLOOR_DB, QUIETEST_DBM0);
    int has_shape = frame->tonality > .25f || frame->unevenness > 6;
    int due = is_due(hearing);
    int is_like_speech = is_active && !is_tone && has_shape;
    int may_be_echo = is_echo(hearing, frame);
    int is_speech = is_like_speech && !may_be_echo;
    over_step(hearing, number, is_like_speech && may_be_echo);
    int waits = is_active || (due && voice->score >= VOICED); /* in a pause of a cadence, until the tone fails to come */
    follow_score(hearing, frame, number, is_speech, waits);
    int is_voice = !hearing->cadence.is_unreached && !due && has_voice(voice, frame, number, is_active);
    int is_sound = is_active || is_tone || hearing->burst.is_on;
    talk_step(hearing, (struct moment){number, is_voice, is_sound, due});
}
