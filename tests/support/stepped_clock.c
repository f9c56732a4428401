/* stepped_clock.c - preloaded (LD_PRELOAD), adds to two clocks of a process what the file STEPPED_CLOCK (environment) holds.
 *
 * The file is two int64_t of nanoseconds, for UTC and for CLOCK_BOOTTIME, in memory that the test shares, so that it steps
 * this process's clocks and no other's. The monotonic clock is left alone: it stands still while a machine sleeps, as the
 * other two do not. The kernel does not tell of such a step: it is found by looking.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS INT64_C(1000000000)

struct steps {
    int64_t utc_ns;
    int64_t boottime_ns;
};

static const struct steps none;
static const struct steps *steps = &none;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("STEPPED_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *shared = mmap(NULL, sizeof *steps, PROT_READ, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED)
        steps = shared;
    close(file);
}

static void add(struct timespec *now, const int64_t *step_ns)
{
    int64_t now_ns = now->tv_sec * SECOND_NS + now->tv_nsec + __atomic_load_n(step_ns, __ATOMIC_RELAXED);
    now->tv_sec = now_ns / SECOND_NS;
    now->tv_nsec = now_ns % SECOND_NS;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result != 0)
        return result;
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
        add(now, &steps->utc_ns);
    else if (clock == CLOCK_BOOTTIME)
        add(now, &steps->boottime_ns);
    return result;
}

int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec utc;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &utc);
    now->tv_sec = utc.tv_sec;
    now->tv_usec = utc.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out)
{
    struct timespec utc;
    clock_gettime(CLOCK_REALTIME, &utc);
    if (out)
        *out = utc.tv_sec;
    return utc.tv_sec;
}
