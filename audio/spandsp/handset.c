/* handset.c - the processor of a telephone: what came is kept for Python to read, with the instants of its coming; what Python
 * wrote is said. One thread reads and writes (Python's), one calls (the line's); two rings without a lock lie between. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "api.h"
#include "owned.h"

#define HEARD 65536    /* ring of samples heard, 8 s; a power of two */
#define KEPT 56000     /* of them may be read: the rest, 1 s, may be written while Python reads */
#define SAID 65536     /* samples waiting to be said; a power of two */
#define ARRIVALS 1024  /* packets noted unread; a power of two */

struct handset {
    struct owned owned;
    int16_t heard[HEARD];
    atomic_ullong heard_written;
    atomic_ullong heard_read;
    int16_t said[SAID];
    atomic_ullong said_written;
    atomic_ullong said_read;
    struct handset_arrival arrivals[ARRIVALS];
    atomic_ullong arrivals_written;
    atomic_ullong arrivals_read;
};

static long long monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void note_arrival(struct handset *handset, unsigned long long first)
{
    unsigned long long written = atomic_load(&handset->arrivals_written);
    if (written - atomic_load(&handset->arrivals_read) == ARRIVALS)
        return;
    handset->arrivals[written % ARRIVALS].first_sample = (long long)first;
    handset->arrivals[written % ARRIVALS].monotonic_ns = monotonic_ns();
    atomic_store(&handset->arrivals_written, written + 1);
}

/* A reader that sleeps for more than 7 s loses the oldest samples, and is told by the number of the first one it gets. */
static void handset_rx(void *state, const int16_t *pcm, int samples)
{
    struct handset *handset = state;
    unsigned long long written = atomic_load(&handset->heard_written);
    note_arrival(handset, written);
    for (int i = 0; i < samples; i++)
        handset->heard[(written + (unsigned)i) % HEARD] = pcm[i];
    atomic_store(&handset->heard_written, written + (unsigned)samples);
    owned_raise(handset, DSP_READ);
}

static void handset_tx(void *state, int16_t *pcm, int samples)
{
    struct handset *handset = state;
    unsigned long long read = atomic_load(&handset->said_read);
    unsigned long long there = atomic_load(&handset->said_written) - read;
    int said = there < (unsigned)samples ? (int)there : samples;
    for (int i = 0; i < said; i++)
        pcm[i] = handset->said[(read + (unsigned)i) % SAID];
    memset(pcm + said, 0, (size_t)(samples - said) * sizeof *pcm);
    atomic_store(&handset->said_read, read + (unsigned)said);
}

OWNED_PROCESSOR(handset)

struct handset *handset_new(void)
{
    return owned_new(sizeof(struct handset), NULL);
}

int handset_read(struct handset *handset, int16_t *pcm, int most, long long *first_sample)
{
    unsigned long long read = atomic_load(&handset->heard_read);
    unsigned long long written = atomic_load(&handset->heard_written);
    if (written - read > KEPT)
        read = written - KEPT;
    *first_sample = (long long)read;
    unsigned long long there = written - read;
    int taken = there < (unsigned)most ? (int)there : most;
    for (int i = 0; i < taken; i++)
        pcm[i] = handset->heard[(read + (unsigned)i) % HEARD];
    atomic_store(&handset->heard_read, read + (unsigned)taken);
    return taken;
}

int handset_write(struct handset *handset, const int16_t *pcm, int samples)
{
    unsigned long long written = atomic_load(&handset->said_written);
    unsigned long long room = SAID - (written - atomic_load(&handset->said_read));
    int taken = room < (unsigned)samples ? (int)room : samples;
    for (int i = 0; i < taken; i++)
        handset->said[(written + (unsigned)i) % SAID] = pcm[i];
    atomic_store(&handset->said_written, written + (unsigned)taken);
    return taken;
}

int handset_arrivals(struct handset *handset, struct handset_arrival *arrivals, int most)
{
    unsigned long long read = atomic_load(&handset->arrivals_read);
    unsigned long long there = atomic_load(&handset->arrivals_written) - read;
    int taken = there < (unsigned)most ? (int)there : most;
    for (int i = 0; i < taken; i++)
        arrivals[i] = handset->arrivals[(read + (unsigned)i) % ARRIVALS];
    atomic_store(&handset->arrivals_read, read + (unsigned)taken);
    return taken;
}
