/* broadcast.c - see broadcast.h. */
#include "broadcast.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "g711.h"
#include "line.h"
#include "threads.h"

#define RINGS 8
#define RING 131072 /* samples kept, 16 s; a power of two */
#define PIECE 160   /* samples encoded at once */
#define LAWS 2

static struct ring {
    pthread_mutex_t lock;
    int generation;          /* makes ids of a slot differ from each other */
    int64_t end;             /* samples from end - RING up to end are known, others silence */
    uint8_t *codes[LAWS];    /* NULL: closed */
} rings[RINGS];

__attribute__((constructor)) static void make_locks(void)
{
    for (int i = 0; i < RINGS; i++)
        mutex_init(&rings[i].lock);
}

static int open_ring(struct ring *ring)
{
    uint8_t *both = malloc(LAWS * RING);
    if (!both)
        return 0;
    for (int law = 0; law < LAWS; law++) {
        ring->codes[law] = both + law * RING;
        memset(ring->codes[law], g711_silence(law), RING);
    }
    ring->end = 0;
    ring->generation = (ring->generation + 1) & 0xFFFFFF;
    return 1;
}

int bc_open(void)
{
    int id = -1;
    for (int i = 0; i < RINGS && id < 0; i++) {
        pthread_mutex_lock(&rings[i].lock);
        if (!rings[i].codes[0] && open_ring(&rings[i]))
            id = rings[i].generation * RINGS + i;
        pthread_mutex_unlock(&rings[i].lock);
    }
    return id;
}

/* The open ring with this id, locked; or NULL. */
static struct ring *lock_ring(int id)
{
    if (id < 0)
        return NULL;
    struct ring *ring = &rings[id % RINGS];
    pthread_mutex_lock(&ring->lock);
    if (ring->codes[0] && ring->generation == id / RINGS)
        return ring;
    pthread_mutex_unlock(&ring->lock);
    return NULL;
}

void bc_close(int id)
{
    struct ring *ring = lock_ring(id);
    if (!ring)
        return;
    free(ring->codes[0]);
    for (int law = 0; law < LAWS; law++)
        ring->codes[law] = NULL;
    pthread_mutex_unlock(&ring->lock);
}

static void put(uint8_t *codes, int64_t sample, const uint8_t *piece, int n)
{
    for (int i = 0; i < n; i++)
        codes[(sample + i) & (RING - 1)] = piece[i];
}

/* What was skipped between the end and a later first sample must not show what the ring held a turn ago. */
static void silence_up_to(struct ring *ring, int64_t sample)
{
    int64_t gap = sample - ring->end;
    if (gap > RING)
        gap = RING;
    for (int law = 0; law < LAWS; law++)
        for (int64_t s = sample - gap; s < sample; s++)
            ring->codes[law][s & (RING - 1)] = g711_silence(law);
}

static void write_piece(struct ring *ring, int64_t sample, uint8_t codes[LAWS][PIECE], int n)
{
    if (sample < 0 || sample <= ring->end - RING)
        return;
    if (sample > ring->end)
        silence_up_to(ring, sample);
    for (int law = 0; law < LAWS; law++)
        put(ring->codes[law], sample, codes[law], n);
    if (sample + n > ring->end)
        ring->end = sample + n;
}

int bc_write(int id, long long sample, const int16_t *pcm, int n)
{
    for (int done = 0; done < n; done += PIECE) {
        uint8_t codes[LAWS][PIECE];
        int length = n - done < PIECE ? n - done : PIECE;
        for (int law = 0; law < LAWS; law++)
            for (int i = 0; i < length; i++)
                codes[law][i] = g711_encode(law, pcm[done + i]);
        struct ring *ring = lock_ring(id);
        if (!ring)
            return -1;
        write_piece(ring, sample + done, codes, length);
        pthread_mutex_unlock(&ring->lock);
    }
    return n;
}

int bc_read(int id, long long sample, int law, uint8_t *out, int n)
{
    int known = 0;
    struct ring *ring = lock_ring(id);
    if (ring) {
        if (sample > ring->end - RING && sample < ring->end)
            known = ring->end - sample < n ? (int)(ring->end - sample) : n;
        for (int i = 0; i < known; i++)
            out[i] = ring->codes[law][(sample + i) & (RING - 1)];
        pthread_mutex_unlock(&ring->lock);
    }
    memset(out + known, g711_silence(law), (size_t)(n - known));
    return known;
}
