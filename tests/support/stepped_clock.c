/* stepped_clock.c - preloaded (LD_PRELOAD), adds to a process's UTC what the file STEPPED_CLOCK (environment) holds.
 *
 * The file is an int64_t of nanoseconds in memory that the test shares, so that the test steps this process's UTC and no
 * other's. The monotonic clock is left alone. The kernel does not tell of such a step: it is found by looking.
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

static const int64_t none;
static const int64_t *step_ns = &none;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("STEPPED_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *shared = mmap(NULL, sizeof *step_ns, PROT_READ, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED)
        step_ns = shared;
    close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t utc_ns = now->tv_sec * SECOND_NS + now->tv_nsec + __atomic_load_n(step_ns, __ATOMIC_RELAXED);
        now->tv_sec = utc_ns / SECOND_NS;
        now->tv_nsec = utc_ns % SECOND_NS;
    }
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
