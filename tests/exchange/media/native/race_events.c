/* race_events ROUNDS - the sticky flags alone: every slot full, digits unread, four writers against one reader.
 *
 * Built with the thread sanitizer. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "exchange/media/events.h"
#include "exchange/media/line.h"

#define WRITERS 4
#define AT_ONCE 300
#define DIGITS_KEPT 64

static unsigned handles[EVENTS_SLOTS];
static int rounds;
static atomic_int writing;

static void claim_all(void)
{
    unsigned handle;
    int count = 0;
    while ((handle = events_claim()) != 0) {
        handles[events_slot(handle)] = handle;
        count++;
    }
    assert(count == EVENTS_SLOTS - 1);
}

/* Everything that can happen to a line happens, and nobody reads. */
static void live_unread(unsigned handle)
{
    events_flag(handle, LINE_ATTACHED);
    for (int i = 0; i < 100; i++)
        events_digit(handle, i % 16);
    events_flag(handle, LINE_BYE);
    events_flag(handle, LINE_DETACHED);
    events_flag(handle, LINE_DESTROYED);
}

static void whole_lives_are_reported_once(void)
{
    static line_ready_t ready[AT_ONCE];
    unsigned whole = LINE_ATTACHED | LINE_DETACHED | LINE_DESTROYED | LINE_BYE | LINE_DIGIT | LINE_DIGITS_LOST;
    uint8_t codes[DIGITS_KEPT];
    int lines = 0;
    int count;
    for (int slot = 1; slot < EVENTS_SLOTS; slot++)
        live_unread(handles[slot]);
    assert(events_claim() == 0); /* nobody has read the ends: no slot may be used again */
    while ((count = line_ready(ready, AT_ONCE)) > 0) {
        for (int i = 0; i < count; i++) {
            assert(ready[i].flags == whole);
            assert(line_digits(ready[i].line, codes, DIGITS_KEPT) == DIGITS_KEPT);
        }
        lines += count;
    }
    assert(lines == EVENTS_SLOTS - 1);
    for (int slot = 1; slot < EVENTS_SLOTS; slot++) {
        events_flag(handles[slot], LINE_READ);
        assert(line_digits(handles[slot], codes, DIGITS_KEPT) == LINE_GONE);
    }
    assert(line_ready(ready, AT_ONCE) == 0);
}

static void *write_flags(void *first)
{
    for (int round = 0; round < rounds; round++) {
        for (int slot = 1 + (int)(size_t)first; slot < EVENTS_SLOTS; slot += WRITERS) {
            events_flag(handles[slot], LINE_READ);
            events_digit(handles[slot], round % 16);
        }
    }
    writing--;
    return NULL;
}

static void no_flag_is_lost_to_four_writers(void)
{
    static line_ready_t ready[AT_ONCE];
    static int seen[EVENTS_SLOTS];
    uint8_t codes[DIGITS_KEPT];
    pthread_t writers[WRITERS];
    int quiet = 0;
    writing = WRITERS;
    for (size_t i = 0; i < WRITERS; i++)
        pthread_create(&writers[i], NULL, write_flags, (void *)i);
    while (quiet < 2) {
        int last_look = writing == 0;
        int count = line_ready(ready, AT_ONCE);
        for (int i = 0; i < count; i++) {
            seen[events_slot(ready[i].line)] = 1;
            line_digits(ready[i].line, codes, DIGITS_KEPT);
        }
        quiet += last_look && count == 0;
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i], NULL);
    for (int slot = 1; slot < EVENTS_SLOTS; slot++)
        assert(seen[slot]);
}

int main(int count, char **arguments)
{
    assert(count == 2);
    rounds = atoi(arguments[1]);
    assert(events_init() == 0);
    for (int life = 0; life < 2; life++) {
        claim_all();
        whole_lives_are_reported_once();
    }
    claim_all();
    no_flag_is_lost_to_four_writers();
    puts("all flags reported");
    return 0;
}
