/* speech.c - the processor behind every spoken service: plays a queue of clips, hears DTMF in the far end's signal, and when asked
 * tones and voices. */
#include <stddef.h>
#include <stdint.h>

#include "../hearing/hearing.h"
#include "api.h"
#include "clips.h"
#include "digits.h"
#include "owned.h"

/* Lock order: `lock` and the digits' own, never both. */
struct speech {
    struct owned owned;
    int listens; /* 0: digits are not looked for */
    struct digits digits;
    pthread_mutex_t lock; /* guards the rest; held for a frame's decoding or spectrum, or less */
    struct clips clips;
    struct hearing *hearing; /* NULL: nobody asks for tones */
};

static void speech_rx(void *state, const int16_t *pcm, int samples)
{
    struct speech *speech = state;
    if (speech->listens)
        digits_rx(&speech->digits, pcm, samples);
    pthread_mutex_lock(&speech->lock);
    int heard = speech->hearing != NULL && hearing_rx(speech->hearing, pcm, samples);
    pthread_mutex_unlock(&speech->lock);
    if (heard)
        owned_raise(speech, DSP_HEARD);
}

static void speech_tx(void *state, int16_t *pcm, int samples)
{
    struct speech *speech = state;
    pthread_mutex_lock(&speech->lock);
    int ended = clips_play(&speech->clips, pcm, samples);
    if (speech->hearing != NULL)
        hearing_said(speech->hearing, pcm, samples);
    pthread_mutex_unlock(&speech->lock);
    if (ended)
        owned_raise(speech, DSP_DONE);
}

static void speech_end(void *state)
{
    struct speech *speech = state;
    clip_free_all(speech->clips.waiting.first);
    clip_free_all(speech->clips.finished.first);
    if (speech->listens)
        digits_end(&speech->digits);
    hearing_free(speech->hearing);
    pthread_mutex_destroy(&speech->lock);
}

OWNED_PROCESSOR(speech)

struct speech *speech_new(int detect_digits)
{
    struct speech *speech = owned_new(sizeof *speech, speech_end);
    if (speech == NULL)
        return NULL;
    owned_mutex(&speech->lock);
    speech->listens = detect_digits;
    if (detect_digits && digits_init(&speech->digits, speech) < 0) {
        owned_drop(speech);
        return NULL;
    }
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
    return speech->listens ? digits_take(&speech->digits, digits, most) : 0;
}

/* Puts new ears, or none, in place of the old ones. */
static void change_hearing(struct speech *speech, struct hearing *hearing)
{
    pthread_mutex_lock(&speech->lock);
    struct hearing *before = speech->hearing;
    speech->hearing = hearing;
    pthread_mutex_unlock(&speech->lock);
    hearing_free(before);
}

int speech_listen(struct speech *speech)
{
    struct hearing *hearing = hearing_new();
    if (hearing == NULL)
        return -1;
    change_hearing(speech, hearing);
    return 0;
}

void speech_stop_listening(struct speech *speech)
{
    change_hearing(speech, NULL);
}

int speech_heard(struct speech *speech, struct heard *heard, int most)
{
    pthread_mutex_lock(&speech->lock);
    int count = speech->hearing == NULL ? 0 : hearing_take(speech->hearing, heard, most);
    pthread_mutex_unlock(&speech->lock);
    return count;
}

unsigned speech_heard_lost(struct speech *speech)
{
    pthread_mutex_lock(&speech->lock);
    unsigned lost = speech->hearing == NULL ? 0 : hearing_lost(speech->hearing);
    pthread_mutex_unlock(&speech->lock);
    return lost;
}
