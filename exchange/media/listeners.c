/* listeners.c - see listeners.h.
 *
 * A wheel of 128 slots, one each half millisecond: in a slot hang the lines whose packet is due then; a line that was
 * sent to is hung its packet's length further on. A thousand listeners are 25 sends each half millisecond and not a
 * thousand at once: the last of those would be 5 ms late. A few share a slot, for to wake costs more than to send.
 *
 * Tick k is at k / 2 ms of CLOCK_MONOTONIC plus the time base's phase, and sample 4 k belongs to it. A step of the
 * machine's clock does not reach this thread.
 */
#include "listeners.h"

#include <errno.h>
#include <sys/prctl.h>
#include <time.h>

#include "broadcast.h"
#include "events.h"
#include "filter.h"
#include "g711.h"
#include "sender.h"
#include "stream.h"
#include "threads.h"
#include "timebase.h"

#define TICKS_PER_MS 2
#define NS_PER_TICK (NS_PER_MS / TICKS_PER_MS)
#define SAMPLES_PER_TICK (SAMPLES_PER_MS / TICKS_PER_MS)
#define SLOTS 128          /* above the longest packet in ticks */
#define SPREAD 40          /* slots that a new line may choose from: 20 ms */
#define SHARING 12         /* so many share a slot before another is opened: the last is sent to 0.1 ms late */
#define IDLE_TICKS 40      /* the thread wakes so often, also when nobody listens */
#define SHORTEST_MS 10
#define LONGEST_MS 60
#define TOO_LATE_US 100000 /* no jitter buffer would take it any more */
#define SLEPT_US 2000000   /* the machine slept */
#define STEADY_PACKETS 12  /* PJMEDIA's stream has learnt the source; then the kernel may drop the rest */

static struct wheel {
    pthread_mutex_t lock;
    struct line *first[SLOTS];
    int count[SLOTS];
    unsigned turn;         /* slots passed since the start */
} wheel;

static pthread_t thread;
static int running;
static atomic_int stopping;
static atomic_ullong heartbeat;

__attribute__((constructor)) static void make_lock(void)
{
    mutex_init(&wheel.lock);
}

unsigned long long line_heartbeat(void)
{
    return heartbeat;
}

/* Wheel: its lock is held. */

static void hang(struct line *line, unsigned turn)
{
    int slot = (int)(turn % SLOTS);
    line->wheel_slot = slot;
    line->wheel_previous = NULL;
    line->wheel_next = wheel.first[slot];
    if (line->wheel_next)
        line->wheel_next->wheel_previous = line;
    wheel.first[slot] = line;
    wheel.count[slot]++;
}

static void take_off(struct line *line)
{
    if (line->wheel_previous)
        line->wheel_previous->wheel_next = line->wheel_next;
    else
        wheel.first[line->wheel_slot] = line->wheel_next;
    if (line->wheel_next)
        line->wheel_next->wheel_previous = line->wheel_previous;
    wheel.count[line->wheel_slot]--;
    line->wheel_slot = -1;
}

/* So many hang there or will: those in the slot that is waited for go SPREAD on once they are sent to. */
static int company(unsigned turn)
{
    int count = wheel.count[turn % SLOTS];
    return turn == wheel.turn + SPREAD ? count + wheel.count[wheel.turn % SLOTS] : count;
}

/* The fullest that has room for one more to share it; else the emptiest. */
static unsigned best_turn(void)
{
    unsigned shared = 0;
    unsigned emptiest = wheel.turn + 1;
    int most = 0;
    for (unsigned turn = wheel.turn + 1; turn <= wheel.turn + SPREAD; turn++) {
        int count = company(turn);
        if (count < company(emptiest))
            emptiest = turn;
        if (count > most && count < SHARING) {
            most = count;
            shared = turn;
        }
    }
    return most ? shared : emptiest;
}

void listeners_join(struct line *line)
{
    pthread_mutex_lock(&wheel.lock);
    if (line->wheel_slot < 0)
        hang(line, best_turn());
    pthread_mutex_unlock(&wheel.lock);
}

void listeners_leave(struct line *line)
{
    pthread_mutex_lock(&wheel.lock);
    if (line->wheel_slot >= 0)
        take_off(line);
    pthread_mutex_unlock(&wheel.lock);
}

/* Sending: line->lock is held. */

static int packet_ms(const struct line *line)
{
    int ms = line->sender.packet_samples / SAMPLES_PER_MS;
    if (ms < SHORTEST_MS)
        return SHORTEST_MS;
    return ms > LONGEST_MS ? LONGEST_MS : ms;
}

/* RTP timestamp - sample is constant from the first packet on, whatever is left out. */
static void number_slice(struct line *line, int64_t first, int n)
{
    struct listening *listening = &line->listening;
    if (!listening->based) {
        listening->based = 1;
        listening->base = line->sender.timestamp - (uint32_t)first;
        line->sender.marker = 1;
    } else if (listening->next >= 0 && listening->next != first) {
        line->stat.skipped++;
        line->sender.marker = 1;
    }
    line->sender.timestamp = listening->base + (uint32_t)first;
    listening->next = first + n;
}

static void send_slice(struct line *line, int64_t sample, int64_t now_us)
{
    uint8_t codes[TIMELINE_LONGEST];
    int64_t first = sample + line->listening.lead;
    int n = packet_ms(line) * SAMPLES_PER_MS;
    if (bc_read(line->listening.broadcast, first, sender_law(&line->sender), codes, n) < n)
        line->stat.starved++;
    number_slice(line, first, n);
    sender_send(line, codes, n);
    sender_report(line, now_us);
}

/* The clock thread. */

static void serve_slot(int64_t tick, int64_t now_us, int is_too_late)
{
    struct line *next;
    for (struct line *line = wheel.first[wheel.turn % SLOTS]; line; line = next) {
        next = line->wheel_next;
        pthread_mutex_lock(&line->lock);
        int ms = packet_ms(line);
        if (!is_too_late)
            send_slice(line, tick * SAMPLES_PER_TICK, now_us);
        pthread_mutex_unlock(&line->lock);
        take_off(line);
        hang(line, wheel.turn + (unsigned)ms * TICKS_PER_MS);
    }
}

/* On to the next tick that has work. */
static int64_t advance(int64_t tick)
{
    pthread_mutex_lock(&wheel.lock);
    do {
        tick++;
        wheel.turn++;
    } while (!wheel.first[wheel.turn % SLOTS] && wheel.turn % IDLE_TICKS);
    pthread_mutex_unlock(&wheel.lock);
    return tick;
}

static void sleep_until(int64_t due_ns)
{
    struct timespec due = {due_ns / 1000000000, due_ns % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
        ;
}

static void *run(void *unused)
{
    static pj_thread_desc description;
    pj_thread_t *registered;
    pj_thread_register("lineclock", description, &registered);
    prctl(PR_SET_NAME, "lineclock");
    prctl(PR_SET_TIMERSLACK, 1UL);
    int64_t tick = monotonic_ns() / NS_PER_TICK;
    while (!stopping) {
        tick = advance(tick);
        int64_t due_ns = tick * NS_PER_TICK + timebase_phase_ns();
        sleep_until(due_ns);
        int64_t now_us = monotonic_us();
        int64_t late_us = now_us - due_ns / 1000;
        heartbeat++;
        pthread_mutex_lock(&wheel.lock);
        serve_slot(tick, now_us, late_us > TOO_LATE_US);
        pthread_mutex_unlock(&wheel.lock);
        if (late_us > SLEPT_US)
            tick = now_us * 1000 / NS_PER_TICK;
    }
    return unused;
}

int listeners_start(void)
{
    stopping = 0;
    int started = thread_start(&thread, 0, run);
    running = started >= 0;
    return started;
}

void listeners_stop(void)
{
    stopping = 1;
    if (running)
        pthread_join(thread, NULL);
    running = 0;
}

int listeners_receive(struct line *line, const struct rtp_packet *packet)
{
    line->stat.received++;
    if (line->event_type > 0 && packet->payload_type == line->event_type) {
        line->stat.events++;
        if (packet->size >= 4 && timeline_is_new_event(&line->timeline, packet->timestamp))
            events_digit(line->handle, packet->payload[0]);
    } else if (packet->payload_type == RTP_MU_LAW || packet->payload_type == RTP_A_LAW) {
        stream_adopt_size(line, packet->size);
    }
    if (line->source.steady < STEADY_PACKETS)
        return 1;
    if (!line->filtered)
        filter_on(line);
    return 0;
}
