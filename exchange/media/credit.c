/* credit.c - see credit.h. */
#include "credit.h"

#include <errno.h>
#include <sys/prctl.h>
#include <time.h>

#include "events.h"
#include "stream.h"
#include "threads.h"
#include "timebase.h"

#define LOOK_NS 5000000 /* how often the lines are looked at */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t filled; /* the thread sleeps while there is no line, nor any need to stop */
    struct line *lines[EVENTS_SLOTS];
    int count;
    int stopping;
} list = {.filled = PTHREAD_COND_INITIALIZER};

static pthread_t thread;
static int running;

__attribute__((constructor)) static void make_lock(void)
{
    mutex_init(&list.lock);
}

void credit_join(struct line *line)
{
    pthread_mutex_lock(&list.lock);
    if (line->credit_index < 0) {
        line->credit_index = list.count;
        list.lines[list.count++] = line;
        pthread_cond_signal(&list.filled);
    }
    pthread_mutex_unlock(&list.lock);
}

void credit_leave(struct line *line)
{
    pthread_mutex_lock(&list.lock);
    if (line->credit_index >= 0) {
        struct line *last = list.lines[--list.count];
        list.lines[line->credit_index] = last;
        last->credit_index = line->credit_index;
        line->credit_index = -1;
    }
    pthread_mutex_unlock(&list.lock);
}

/* A line that is busy has its worker in it: nothing is late there that we could mend. */
static void look_at(struct line *line, int64_t now_us)
{
    if (now_us < line->credit_look_us || pthread_mutex_trylock(&line->lock))
        return;
    stream_credit(line, now_us);
    pthread_mutex_unlock(&line->lock);
}

/* The next look, but not one of the past. */
static int64_t sleep_until_next(int64_t look_ns)
{
    int64_t now_ns = monotonic_ns();
    int64_t next_ns = look_ns + LOOK_NS < now_ns ? now_ns : look_ns + LOOK_NS;
    struct timespec next = {next_ns / 1000000000, next_ns % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL) == EINTR)
        ;
    return next_ns;
}

static void *run(void *unused)
{
    static pj_thread_desc description;
    pj_thread_t *registered;
    pj_thread_register("linecredit", description, &registered);
    prctl(PR_SET_NAME, "linecredit");
    int64_t look_ns = monotonic_ns();
    for (;;) {
        pthread_mutex_lock(&list.lock);
        while (!list.count && !list.stopping)
            pthread_cond_wait(&list.filled, &list.lock);
        int stopping = list.stopping;
        int64_t now_us = monotonic_us();
        for (int i = 0; i < list.count && !stopping; i++)
            look_at(list.lines[i], now_us);
        pthread_mutex_unlock(&list.lock);
        if (stopping)
            return unused;
        look_ns = sleep_until_next(look_ns);
    }
}

int credit_start(void)
{
    list.stopping = 0;
    int started = thread_start(&thread, 1, run);
    running = started >= 0;
    return started;
}

void credit_stop(void)
{
    pthread_mutex_lock(&list.lock);
    list.stopping = 1;
    pthread_cond_signal(&list.filled);
    pthread_mutex_unlock(&list.lock);
    if (running)
        pthread_join(thread, NULL);
    running = 0;
}
