/* drive.c - a line's calls, one by one and by hand: for tests, and for a line simulated in memory. */
#include <stddef.h>
#include <stdint.h>

#include "../processor.h"
#include "api.h"

static const struct dsp_ops *table(size_t ops)
{
    return (const struct dsp_ops *)ops;
}

/* DSP_ABI of the processor's build; 0 if its table has another size than ours. */
int drive_abi(size_t ops)
{
    return table(ops)->size == sizeof(struct dsp_ops) ? (int)table(ops)->abi : 0;
}

void drive_rx(size_t ops, size_t state, const int16_t *pcm, int samples)
{
    table(ops)->rx((void *)state, pcm, samples);
}

void drive_tx(size_t ops, size_t state, int16_t *pcm, int samples)
{
    table(ops)->tx((void *)state, pcm, samples);
}

unsigned drive_poll(size_t ops, size_t state)
{
    return table(ops)->poll == NULL ? 0 : table(ops)->poll((void *)state);
}

void drive_destroy(size_t ops, size_t state)
{
    table(ops)->destroy((void *)state);
}
