/* frame.c - see frame.h. */
#include "frame.h"

#include <math.h>
#include <string.h>

#include "spectrum.h"

#define LOWEST_BIN 13 /* 203 Hz: hum lies below */
#define END_BIN 218   /* 3400 Hz */
#define BAND_BINS 17
#define SECOND_PART .2f /* of the first cluster's power: 7 dB less */
#define FAINT_DB 25     /* a band that far below the loudest does not count */
#define MOST_CHANGE_DB 12
#define NEXT_TO_NOTHING 1e-12f

float frame_dbm0(float power)
{
    return 10 * log10f(power + NEXT_TO_NOTHING);
}

static void measure_tones(struct frame *frame, const float *power, float all)
{
    frame->tone_power = spectrum_peak(power, -1, &frame->hz1);
    float second = spectrum_peak(power, (int)lrintf(frame->hz1 / SPECTRUM_BIN_HZ), &frame->hz2);
    if (second > SECOND_PART * frame->tone_power) {
        frame->tone_power += second;
        if (frame->hz2 < frame->hz1) {
            float higher = frame->hz1;
            frame->hz1 = frame->hz2;
            frame->hz2 = higher;
        }
    } else {
        frame->hz2 = 0;
    }
    frame->tonality = frame->tone_power / (all + NEXT_TO_NOTHING);
}

static void measure_bands(float *level, const float *power)
{
    for (int band = 0; band < FRAME_BANDS; band++) {
        float sum = 0;
        for (int bin = 0; bin < BAND_BINS; bin++)
            sum += power[LOWEST_BIN + band * BAND_BINS + bin];
        level[band] = frame_dbm0(sum);
    }
}

static float change(const float *now, const float *before)
{
    float loudest = -200;
    for (int band = 0; band < FRAME_BANDS; band++)
        loudest = fmaxf(loudest, now[band]);
    float sum = 0;
    int count = 0;
    for (int band = 0; band < FRAME_BANDS; band++) {
        if (fmaxf(now[band], before[band]) <= loudest - FAINT_DB)
            continue;
        sum += fabsf(now[band] - before[band]);
        count++;
    }
    return fminf(count ? sum / count : 0, MOST_CHANGE_DB);
}

static float unevenness(const float *level)
{
    float mean = 0;
    for (int band = 0; band < FRAME_BANDS; band++)
        mean += level[band] / FRAME_BANDS;
    float variance = 0;
    for (int band = 0; band < FRAME_BANDS; band++)
        variance += (level[band] - mean) * (level[band] - mean) / FRAME_BANDS;
    return sqrtf(variance);
}

void frame_measure(struct frame *frame, struct frame_bands *bands, int number, const float *power)
{
    float all = 0;
    for (int bin = LOWEST_BIN; bin < END_BIN; bin++)
        all += power[bin];
    memset(frame, 0, sizeof *frame);
    frame->level = frame_dbm0(all);
    measure_tones(frame, power, all);
    float level[FRAME_BANDS];
    measure_bands(level, power);
    frame->change = change(level, bands->level[(number + 1) % FRAME_BANDS_KEPT]);
    frame->unevenness = unevenness(level);
    memcpy(bands->level[number % FRAME_BANDS_KEPT], level, sizeof level);
}
