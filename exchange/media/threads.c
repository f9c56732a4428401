/* threads.c - see threads.h. */
#define _GNU_SOURCE
#include "threads.h"

#include <sched.h>
#include <sys/prctl.h>

static int clock_priority; /* set before any thread runs */
static _Thread_local int raised;

void mutex_init(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

void threads_set_priority(int priority)
{
    clock_priority = priority;
}

static int start_real_time(pthread_t *thread, int priority, void *(*body)(void *))
{
    struct sched_param parameters = {.sched_priority = priority};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attributes, SCHED_FIFO);
    pthread_attr_setschedparam(&attributes, &parameters);
    int error = pthread_create(thread, &attributes, body, NULL);
    pthread_attr_destroy(&attributes);
    return error;
}

int thread_start(pthread_t *thread, int below, void *(*body)(void *))
{
    int priority = clock_priority - below;
    if (priority > 0 && start_real_time(thread, priority, body) == 0)
        return 1;
    return pthread_create(thread, NULL, body, NULL) == 0 ? 0 : -1;
}

void thread_raise_self(void)
{
    if (raised)
        return;
    raised = 1;
    prctl(PR_SET_TIMERSLACK, 1UL);
    if (clock_priority > 1) {
        struct sched_param parameters = {.sched_priority = clock_priority - 1};
        pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters); /* not permitted: we run without */
    }
}
