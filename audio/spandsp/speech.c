/* speech.c - the processor behind every spoken service: plays a queue of clips, hears DTMF in the caller's signal. */
#include <stdint.h>
#include <string.h>

#include <spandsp.h>

#include "api.h"
#include "clips.h"
#include "owned.h"

#define DIGITS 64 /* heard and not yet read; the newest are lost beyond that */

/* Which level difference between a digit's two tones is accepted, dB. Loops attenuate the high tone (spandsp's "normal" twist, 8
 * by default); telephones that compensate for a long loop make it the louder on a short one ("reverse" twist, 4 by default).
 * -8 to +6 dB are wanted; the limits are 2 dB wider since the detector's short windows measure that inexactly. In 40 minutes of
 * synthetic speech at three levels, neither these nor wider limits gave a false digit. */
#define NORMAL_TWIST_DB 10
#define REVERSE_TWIST_DB 8
#define THRESHOLD_UNCHANGED -99

/* Lock order: `lock` alone. The detector belongs to the line's calls and needs none. */
struct speech {
    struct owned owned;
    dtmf_rx_state_t *detector; /* NULL: digits are not looked for */
    pthread_mutex_t lock;      /* guards all below; held for a frame's decoding or less */
    struct clips clips;
    char digits[DIGITS];
    int digit_count;
};

/* spandsp's callback, inside speech_rx. */
static void heard(void *user, const char *digits, int count)
{
    struct speech *speech = user;
    pthread_mutex_lock(&speech->lock);
    for (int i = 0; i < count && speech->digit_count < DIGITS; i++)
        speech->digits[speech->digit_count++] = digits[i];
    pthread_mutex_unlock(&speech->lock);
    owned_raise(speech, DSP_DIGIT);
}

static void speech_rx(void *state, const int16_t *pcm, int samples)
{
    struct speech *speech = state;
    if (speech->detector != NULL)
        dtmf_rx(speech->detector, pcm, samples);
}

static void speech_tx(void *state, int16_t *pcm, int samples)
{
    struct speech *speech = state;
    pthread_mutex_lock(&speech->lock);
    int ended = clips_play(&speech->clips, pcm, samples);
    pthread_mutex_unlock(&speech->lock);
    if (ended)
        owned_raise(speech, DSP_DONE);
}

static void speech_end(void *state)
{
    struct speech *speech = state;
    clip_free_all(speech->clips.waiting.first);
    clip_free_all(speech->clips.finished.first);
    if (speech->detector != NULL)
        dtmf_rx_free(speech->detector);
    pthread_mutex_destroy(&speech->lock);
}

OWNED_PROCESSOR(speech)

struct speech *speech_new(int detect_digits)
{
    struct speech *speech = owned_new(sizeof *speech, speech_end);
    if (speech == NULL)
        return NULL;
    owned_mutex(&speech->lock);
    if (!detect_digits)
        return speech;
    speech->detector = dtmf_rx_init(NULL, heard, speech);
    if (speech->detector == NULL) {
        owned_drop(speech);
        return NULL;
    }
    dtmf_rx_parms(speech->detector, 0, NORMAL_TWIST_DB, REVERSE_TWIST_DB, -99);
    return speech;
}

int speech_play(struct speech *speech, const uint8_t *g711, int samples, int alaw, int id)
{
    struct clip *clip = clip_new(g711, samples, alaw, id);
    if (clip == NULL)
        return -1;
    pthread_mutex_lock(&speech->lock);
    clips_append(&speech->clips, clip);
    pthread_mutex_unlock(&speech->lock);
    return 0;
}

int speech_clear(struct speech *speech)
{
    pthread_mutex_lock(&speech->lock);
    struct clip *dropped = clips_take_waiting(&speech->clips);
    pthread_mutex_unlock(&speech->lock);
    return clip_free_all(dropped);
}

int speech_finished(struct speech *speech, int *ids, int most)
{
    int count = 0;
    while (count < most) {
        pthread_mutex_lock(&speech->lock);
        struct clip *clip = clips_take_finished(&speech->clips);
        pthread_mutex_unlock(&speech->lock);
        if (clip == NULL)
            break;
        ids[count++] = clip->id;
        clip_free_all(clip);
    }
    return count;
}

int speech_digits(struct speech *speech, char *digits, int most)
{
    pthread_mutex_lock(&speech->lock);
    int count = speech->digit_count < most ? speech->digit_count : most;
    memcpy(digits, speech->digits, (size_t)count);
    speech->digit_count -= count;
    memmove(speech->digits, speech->digits + count, (size_t)speech->digit_count);
    pthread_mutex_unlock(&speech->lock);
    return count;
}
