/* owned.h - what every processor's state begins with: a count of its owners, and the flags for poll.
 *
 * A state has two owners, Python and the line, which come and go in any order: the last one to leave frees it.
 */
#ifndef DENWA_OWNED_H
#define DENWA_OWNED_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include "../processor.h"

struct owned {
    atomic_int owners;
    atomic_uint flags;
    void (*end)(void *state); /* frees what the state holds, not the state itself; may be NULL */
};

/* A zeroed state of `size` bytes with one owner; NULL without memory. */
static inline void *owned_new(size_t size, void (*end)(void *state))
{
    struct owned *owned = calloc(1, size);
    if (owned == NULL)
        return NULL;
    atomic_init(&owned->owners, 1);
    owned->end = end;
    return owned;
}

/* One owner more. */
static inline size_t owned_share(void *state)
{
    struct owned *owned = state;
    atomic_fetch_add(&owned->owners, 1);
    return (size_t)state;
}

/* One owner less; the last one frees the state. */
static inline void owned_drop(void *state)
{
    struct owned *owned = state;
    if (atomic_fetch_sub(&owned->owners, 1) != 1)
        return;
    if (owned->end != NULL)
        owned->end(state);
    free(state);
}

/* Sets DSP_* flags until the next poll. */
static inline void owned_raise(void *state, unsigned flags)
{
    struct owned *owned = state;
    atomic_fetch_or(&owned->flags, flags);
}

/* dsp_ops.poll of every processor here. The plain load keeps the common case free of a locked instruction. */
static inline unsigned owned_poll(void *state)
{
    struct owned *owned = state;
    if (atomic_load_explicit(&owned->flags, memory_order_relaxed) == 0)
        return 0;
    return atomic_exchange(&owned->flags, 0);
}

/* A mutex whose holder inherits the priority of who waits: a media thread of real-time priority never waits for an ordinary
 * thread that Python's scheduler has set aside. */
static inline void owned_mutex(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

/* The table of the processor `name`, from its name_rx and name_tx, and the three functions that each processor offers Python. */
#define OWNED_PROCESSOR(name)                                                                                                  \
    static const struct dsp_ops name##_table = {DSP_ABI, sizeof(struct dsp_ops), name##_rx, name##_tx, owned_poll, owned_drop}; \
    size_t name##_ops(void)                                                                                                    \
    {                                                                                                                          \
        return (size_t)&name##_table;                                                                                          \
    }                                                                                                                          \
    size_t name##_share(struct name *state)                                                                                    \
    {                                                                                                                          \
        return owned_share(state);                                                                                             \
    }                                                                                                                          \
    void name##_free(struct name *state)                                                                                       \
    {                                                                                                                          \
        owned_drop(state);                                                                                                     \
    }

#endif
