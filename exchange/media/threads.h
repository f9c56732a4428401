/* threads.h - mutexes that lend priority, and threads that may have it. */
#ifndef DENWA_THREADS_H
#define DENWA_THREADS_H

#include <pthread.h>

/* The holder runs at the priority of whoever waits. */
void mutex_init(pthread_mutex_t *mutex);

/* SCHED_FIFO priority of the clock thread; 0: none. */
void threads_set_priority(int priority);

/* Starts one of our own threads, `below` priorities under the clock's. 1: with real-time priority, 0: without (not
 * permitted, or none wanted), -1: not at all. */
int thread_start(pthread_t *thread, int below, void *(*body)(void *));

/* Gives the calling thread, one of PJMEDIA's, a priority just under the clock's; cheap when done already. */
void thread_raise_self(void);

#endif
