/* hearing.c - see hearing.h. */
#include "hearing.h"

#include <stdlib.h>
#include <string.h>

#include "state.h"

#define KEPT_SAMPLES (SPECTRUM_SAMPLES - FRAME_SAMPLES) /* of the frames before */

struct hearing *hearing_new(void)
{
    struct hearing *hearing = calloc(1, sizeof *hearing);
    if (hearing == NULL)
        return NULL;
    burst_init(&hearing->burst);
    cadence_init(&hearing->cadence);
    voice_init(&hearing->voice);
    over_init(&hearing->over);
    return hearing;
}

void hearing_free(struct hearing *hearing)
{
    free(hearing);
}

void hearing_tell(struct hearing *hearing, enum heard_kind kind)
{
    if (hearing->heard_written - hearing->heard_read == HEARD_KEPT) {
        hearing->heard_lost++;
        return;
    }
    struct heard heard = {kind, (long long)hearing->now * FRAME_SAMPLES};
    hearing->heard[hearing->heard_written++ % HEARD_KEPT] = heard;
}

static void take_frame(struct hearing *hearing)
{
    float power[SPECTRUM_BINS];
    hearing->now++;
    spectrum_power(hearing->window, power);
    frame_measure(frame_at(hearing, hearing->now), &hearing->bands, hearing->now, power);
    said_turn(&hearing->said, hearing->now + 1);
    burst_step(hearing, power);
    voice_step(hearing);
    memmove(hearing->window, hearing->window + FRAME_SAMPLES, KEPT_SAMPLES * sizeof *hearing->window);
    hearing->filled = 0;
}

int hearing_rx(struct hearing *hearing, const int16_t *pcm, int samples)
{
    unsigned before = hearing->heard_written;
    for (int i = 0; i < samples; i++) {
        hearing->window[KEPT_SAMPLES + hearing->filled++] = pcm[i];
        if (hearing->filled == FRAME_SAMPLES)
            take_frame(hearing);
    }
    return hearing->heard_written != before;
}

void hearing_said(struct hearing *hearing, const int16_t *pcm, int samples)
{
    said_add(&hearing->said, hearing->now + 1, pcm, samples);
}

int hearing_take(struct hearing *hearing, struct heard *heard, int most)
{
    int count = 0;
    while (count < most && hearing->heard_read != hearing->heard_written)
        heard[count++] = hearing->heard[hearing->heard_read++ % HEARD_KEPT];
    return count;
}

unsigned hearing_lost(const struct hearing *hearing)
{
    return hearing->heard_lost;
}
