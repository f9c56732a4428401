/* fast_clock.c - preloaded (LD_PRELOAD), lets a process's monotonic clock run FAST_CLOCK times as fast (environment).
 *
 * SIP's own times (64*T1 is 32 s, a session timer 90 s) become bearable in a test of the real code. A sleep until an instant
 * of that clock ends at it; waits for a length of time (poll and the like) stay as they are. UTC is left alone.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS INT64_C(1000000000)

static int64_t begin_ns;
static int64_t times = 1;

static int64_t to_ns(const struct timespec *at)
{
    return at->tv_sec * SECOND_NS + at->tv_nsec;
}

static void from_ns(int64_t ns, struct timespec *at)
{
    at->tv_sec = ns / SECOND_NS;
    at->tv_nsec = ns % SECOND_NS;
}

__attribute__((constructor)) static void begin(void)
{
    struct timespec now;
    const char *wanted = getenv("FAST_CLOCK");
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    begin_ns = to_ns(&now);
    if (wanted && atoi(wanted) > 0)
        times = atoi(wanted);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && clock == CLOCK_MONOTONIC)
        from_ns(begin_ns + (to_ns(now) - begin_ns) * times, now);
    return result;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *left)
{
    struct timespec real = *until;
    if (clock == CLOCK_MONOTONIC && (flags & TIMER_ABSTIME))
        from_ns(begin_ns + (to_ns(until) - begin_ns) / times, &real);
    return syscall(SYS_clock_nanosleep, clock, flags, &real, left) == 0 ? 0 : 4; /* EINTR: callers try again */
}
