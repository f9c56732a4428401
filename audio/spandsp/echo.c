/* echo.c - the processor that says what it hears, a fixed number of samples later, and hears DTMF in it. The line's calls alone
 * touch the ring: no lock. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "api.h"
#include "digits.h"
#include "owned.h"

/* How far the line may let rx run ahead of tx before the oldest samples are dropped. */
#define SLACK_SAMPLES 8000

struct echo {
    struct owned owned;
    struct digits digits;
    int16_t *ring;
    unsigned capacity;
    unsigned read;   /* next sample to say, 0..capacity-1 */
    unsigned filled; /* samples between read and the newest */
};

static void echo_rx(void *state, const int16_t *pcm, int samples)
{
    struct echo *echo = state;
    digits_rx(&echo->digits, pcm, samples);
    for (int i = 0; i < samples; i++) {
        if (echo->filled == echo->capacity) {
            echo->read = (echo->read + 1) % echo->capacity;
            echo->filled--;
        }
        echo->ring[(echo->read + echo->filled) % echo->capacity] = pcm[i];
        echo->filled++;
    }
}

static void echo_tx(void *state, int16_t *pcm, int samples)
{
    struct echo *echo = state;
    int i = 0;
    for (; i < samples && echo->filled > 0; i++) {
        pcm[i] = echo->ring[echo->read];
        echo->read = (echo->read + 1) % echo->capacity;
        echo->filled--;
    }
    memset(pcm + i, 0, (size_t)(samples - i) * sizeof *pcm);
}

static void echo_end(void *state)
{
    struct echo *echo = state;
    digits_end(&echo->digits);
    free(echo->ring);
}

OWNED_PROCESSOR(echo)

struct echo *echo_new(int delay_samples)
{
    struct echo *echo = owned_new(sizeof *echo, echo_end);
    if (echo == NULL)
        return NULL;
    echo->capacity = (unsigned)delay_samples + SLACK_SAMPLES;
    echo->filled = (unsigned)delay_samples;
    echo->ring = calloc(echo->capacity, sizeof *echo->ring);
    if (digits_init(&echo->digits, echo) < 0 || echo->ring == NULL) {
        owned_drop(echo);
        return NULL;
    }
    return echo;
}

int echo_digits(struct echo *echo, char *digits, int most)
{
    return digits_take(&echo->digits, digits, most);
}
