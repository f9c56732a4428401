/* timebase.c - see timebase.h. */
#define _GNU_SOURCE
#include "timebase.h"

#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

#include "line.h"

#define NS_PER_SAMPLE 125000

static atomic_llong utc_offset_ns; /* UTC - CLOCK_MONOTONIC */

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int64_t monotonic_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

int64_t monotonic_us(void)
{
    return monotonic_ns() / 1000;
}

void timebase_init(void)
{
    utc_offset_ns = clock_ns(CLOCK_REALTIME) - monotonic_ns();
}

static int64_t phase_of(int64_t offset_ns)
{
    int64_t phase = -offset_ns % NS_PER_SAMPLE;
    return phase < 0 ? phase + NS_PER_SAMPLE : phase;
}

int64_t timebase_phase_ns(void)
{
    return phase_of(utc_offset_ns);
}

static int64_t floor_divide(int64_t dividend, int64_t divisor)
{
    int64_t quotient = dividend / divisor;
    return quotient - (dividend % divisor < 0);
}

void line_set_utc(long long offset_ns)
{
    utc_offset_ns = offset_ns;
}

long long line_sample_at(long long utc_ns)
{
    int64_t offset_ns = utc_offset_ns;
    int64_t since_first_ns = utc_ns - offset_ns - phase_of(offset_ns);
    return floor_divide(since_first_ns + NS_PER_SAMPLE / 2, NS_PER_SAMPLE);
}

long long line_now(void)
{
    return floor_divide(monotonic_ns() - timebase_phase_ns(), NS_PER_SAMPLE);
}
