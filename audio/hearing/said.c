/* said.c - see said.h. */
#include "said.h"

#include <math.h>

#include "frame.h"

#define SCALE (4.12f / 32768.f / 32768.f) /* a full-scale sine is +3.14 dBm0 */

void said_add(struct said *said, int next, const int16_t *pcm, int samples)
{
    float *power = &said->power[next % SAID_FRAMES];
    for (int i = 0; i < samples; i++) {
        said->sum += (float)pcm[i] * pcm[i];
        if (++said->samples < FRAME_SAMPLES)
            continue;
        *power = fmaxf(*power, said->sum / FRAME_SAMPLES * SCALE);
        said->sum = 0;
        said->samples = 0;
    }
}

void said_turn(struct said *said, int next)
{
    said->power[next % SAID_FRAMES] = 0;
}

float said_loudest(const struct said *said)
{
    float loudest = 0;
    for (int i = 0; i < SAID_FRAMES; i++)
        loudest = fmaxf(loudest, said->power[i]);
    return loudest;
}

float said_near(const struct said *said, int number)
{
    float loudest = 0;
    for (int i = number > 1 ? number - 1 : 0; i <= number + 1; i++)
        loudest = fmaxf(loudest, said->power[i % SAID_FRAMES]);
    return loudest;
}
