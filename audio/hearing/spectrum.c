/* spectrum.c - see spectrum.h. */
#include "spectrum.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define CLUSTER 4      /* bins on each side of its middle: a sine under the Hann window needs two, two of 50 Hz apart four */
#define APART 5        /* bins between the middles of two clusters, at least */
#define LOWEST_BIN 20  /* 312 Hz */
#define HIGHEST_BIN 147 /* 2297 Hz: the answer tones of faxes and modems are 2100 and 2225 Hz */
#define SCALE (2.06f * 16 / 3 / SPECTRUM_SAMPLES / SPECTRUM_SAMPLES / 32768.f / 32768.f)

static float window[SPECTRUM_SAMPLES];
static float cosine[SPECTRUM_BINS];
static float minus_sine[SPECTRUM_BINS];
static uint16_t reversed[SPECTRUM_SAMPLES]; /* indices with their bits in the other order */

__attribute__((constructor)) static void fill_tables(void)
{
    for (int i = 0; i < SPECTRUM_SAMPLES; i++) {
        window[i] = .5f - .5f * cosf(2 * (float)M_PI * (i + .5f) / SPECTRUM_SAMPLES);
        for (int bit = 1, mirrored = SPECTRUM_SAMPLES / 2; mirrored; bit <<= 1, mirrored >>= 1)
            if (i & bit)
                reversed[i] |= mirrored;
    }
    for (int i = 0; i < SPECTRUM_BINS; i++) {
        cosine[i] = cosf(2 * (float)M_PI * i / SPECTRUM_SAMPLES);
        minus_sine[i] = -sinf(2 * (float)M_PI * i / SPECTRUM_SAMPLES);
    }
}

/* One butterfly of the transform (radix 2, decimation in time). */
static inline void butterfly(float *re, float *im, int a, int b, int turn)
{
    float turned_re = re[b] * cosine[turn] - im[b] * minus_sine[turn];
    float turned_im = re[b] * minus_sine[turn] + im[b] * cosine[turn];
    re[b] = re[a] - turned_re;
    im[b] = im[a] - turned_im;
    re[a] += turned_re;
    im[a] += turned_im;
}

void spectrum_power(const float *samples, float *power)
{
    float re[SPECTRUM_SAMPLES];
    float im[SPECTRUM_SAMPLES] = {0};
    for (int i = 0; i < SPECTRUM_SAMPLES; i++)
        re[reversed[i]] = samples[i] * window[i];
    for (int half = 1; half < SPECTRUM_SAMPLES; half <<= 1)
        for (int block = 0; block < SPECTRUM_SAMPLES; block += 2 * half)
            for (int k = 0; k < half; k++)
                butterfly(re, im, block + k, block + k + half, k * (SPECTRUM_SAMPLES / 2 / half));
    for (int bin = 0; bin < SPECTRUM_BINS; bin++)
        power[bin] = (re[bin] * re[bin] + im[bin] * im[bin]) * SCALE;
}

float spectrum_around(const float *power, float hz)
{
    int middle = (int)lrintf(hz / SPECTRUM_BIN_HZ);
    float sum = 0;
    for (int bin = middle - CLUSTER; bin <= middle + CLUSTER; bin++)
        if (bin >= 0 && bin < SPECTRUM_BINS)
            sum += power[bin];
    return sum;
}

static int strongest_bin(const float *power, int other)
{
    int strongest = 0;
    for (int bin = LOWEST_BIN; bin <= HIGHEST_BIN; bin++) {
        if (other >= 0 && abs(bin - other) <= APART)
            continue;
        if (!strongest || power[bin] > power[strongest])
            strongest = bin;
    }
    return strongest;
}

float spectrum_peak(const float *power, int other, float *hz)
{
    int middle = strongest_bin(power, other);
    float sum = 0;
    float moment = 0;
    for (int bin = middle - CLUSTER; bin <= middle + CLUSTER; bin++) {
        if (other >= 0 && abs(bin - other) <= CLUSTER)
            continue;
        sum += power[bin];
        moment += power[bin] * bin;
    }
    *hz = sum > 0 ? moment / sum * SPECTRUM_BIN_HZ : 0;
    return sum;
}
