/* stream.c - see stream.h. */
#include "stream.h"

#include <string.h>

#include "events.h"
#include "g711.h"
#include "press.h"
#include "sender.h"
#include "timebase.h"

#define LONGEST_CREDIT 16000   /* samples said ahead, 2 s; then the far end counts as gone */
#define CALM_PACKETS 5         /* at their pace, while credit stands: no backlog will come */
#define SHORTEST_PACKET 40     /* samples, 5 ms */
#define OVERSLEPT_US 500000    /* the credit thread itself did not run: do not send all that at once */
#define ANSWER_LATEST_US 1000000
#define MOST_HURRY_US 100000
#define CLOSEST_PART 3 / 4     /* of a packet's length between two that leave ahead of the schedule */
#define HURRY_REFILL 1000      /* of the time said: 1,000 ppm */
#define FOLLOW 1024            /* the schedule follows a late far end by this part of its lateness a packet */
#define ENVELOPE 16            /* the lower envelope of answers' times leaks up by 1/16 of what it is passed by */

static const struct {
    unsigned processor, line;
} FLAGS[] = {
    {DSP_READ, LINE_READ},
    {DSP_WRITE, LINE_WRITE},
    {DSP_DONE, LINE_DONE},
    {DSP_DIGIT, LINE_DIGIT},
    {DSP_HEARD, LINE_HEARD},
};

static void report_processor(struct line *line)
{
    unsigned raised = line->ops->poll ? line->ops->poll(line->dsp) : 0;
    unsigned flags = 0;
    for (unsigned i = 0; i < sizeof FLAGS / sizeof *FLAGS; i++)
        if (raised & FLAGS[i].processor)
            flags |= FLAGS[i].line;
    events_flag(line->handle, flags);
}

/* One packet of the processor's, or of silence. */
static void say(struct line *line)
{
    int16_t pcm[TIMELINE_LONGEST];
    uint8_t codes[TIMELINE_LONGEST];
    int n = line->sender.packet_samples;
    int law = sender_law(&line->sender);
    line->pace.said += n;
    if (line->ops)
        line->ops->tx(line->dsp, pcm, n);
    if (press_send(line, n)) {
        if (line->ops)
            report_processor(line);
        return;
    }
    if (line->ops) {
        for (int i = 0; i < n; i++)
            codes[i] = g711_encode(law, pcm[i]);
        report_processor(line);
    } else {
        memset(codes, g711_silence(law), (size_t)n);
    }
    sender_send(line, codes, n);
}

/* timeline.c: the next samples of the far end. */
static void hear(void *user, const uint8_t *payload, int samples, int payload_type)
{
    struct line *line = user;
    int16_t pcm[TIMELINE_LONGEST];
    line->pace.heard += samples;
    if (!line->ops)
        return;
    if (payload) {
        int law = payload_type == RTP_A_LAW;
        for (int i = 0; i < samples; i++)
            pcm[i] = g711_decode(law, payload[i]);
    } else {
        memset(pcm, 0, (size_t)samples * sizeof *pcm);
    }
    line->ops->rx(line->dsp, pcm, samples);
}

static void take_digit(void *user, int code)
{
    const struct line *line = user;
    events_digit(line->handle, code);
}

void stream_reset(struct line *line)
{
    line->timeline.sink = (struct timeline_sink){hear, take_digit, line};
    timeline_reset(&line->timeline, line->event_type);
    memset(&line->pace, 0, sizeof line->pace);
    line->credit_look_us = 0;
}

void stream_adopt_size(struct line *line, int samples)
{
    if (samples >= SHORTEST_PACKET && samples <= TIMELINE_LONGEST)
        line->sender.packet_samples = samples;
}

static int64_t packet_us(const struct line *line)
{
    return (int64_t)line->sender.packet_samples * US_PER_SAMPLE;
}

static int64_t owed(const struct line *line)
{
    return line->pace.heard + line->pace.offset - line->pace.said;
}

/* Two lines that answer each other would have no clock between them, and run ever faster. So answers keep to a schedule
 * of our own clock, but for what a far end may be early by: MOST_HURRY_US (its first packets were late), and
 * 1/HURRY_REFILL for ever (its crystal). Ahead of the schedule they keep a distance, lest there be a burst. What is held
 * back is sent by the credit thread. */
static int64_t answer_from_us(const struct line *line)
{
    const struct pace *pace = &line->pace;
    int64_t apart_us = pace->last_said_us + packet_us(line) * CLOSEST_PART;
    int64_t hurried_us = pace->earliest_us - pace->hurry_us;
    int64_t from_us = apart_us > hurried_us ? apart_us : hurried_us;
    return from_us < pace->earliest_us ? from_us : pace->earliest_us;
}

/* One packet was said, by an answer or on credit. A far end that is late for good moves the schedule, slowly: it may have
 * to catch up. */
static void keep_schedule(struct line *line, int64_t now_us)
{
    struct pace *pace = &line->pace;
    if (!pace->earliest_us) {
        pace->earliest_us = now_us;
        pace->hurry_us = MOST_HURRY_US;
    } else if (now_us < pace->earliest_us) {
        pace->hurry_us -= pace->earliest_us - now_us;
        pace->earliest_us = now_us;
    }
    pace->last_said_us = now_us;
    pace->earliest_us += packet_us(line);
    if (now_us > pace->earliest_us)
        pace->earliest_us += (now_us - pace->earliest_us) / FOLLOW;
    pace->hurry_us += packet_us(line) / HURRY_REFILL;
    if (pace->hurry_us > MOST_HURRY_US)
        pace->hurry_us = MOST_HURRY_US;
}

/* Sends what is owed and may leave. due_us follows the lower envelope of the answers'
 * times: when packets come if nothing delays them. */
static void answer(struct line *line, int64_t now_us)
{
    while (owed(line) >= line->sender.packet_samples && now_us >= answer_from_us(line)) {
        say(line);
        keep_schedule(line, now_us);
        int64_t late_us = now_us - line->pace.due_us;
        if (late_us < 0 || late_us > ANSWER_LATEST_US)
            line->pace.due_us = now_us;
        else
            line->pace.due_us += late_us / ENVELOPE;
        line->pace.due_us += packet_us(line);
    }
}

/* Packets come early in a burst: the path that had become longer is short again, so what was accepted is given back. */
static void give_back(struct line *line, int samples)
{
    int64_t part = line->pace.accepted < samples ? line->pace.accepted : samples;
    line->pace.accepted -= part;
    line->pace.offset -= part;
    line->stat.unshifts++;
}

/* Credit stands, and packets come at their normal pace: no backlog is coming, the path has become longer for good. */
static void accept_shift(struct line *line)
{
    int64_t offset = line->pace.said - line->pace.heard;
    line->pace.accepted += offset - line->pace.offset;
    line->pace.offset = offset;
    line->pace.calm = 0;
    line->stat.shifts++;
    events_flag(line->handle, LINE_SHIFT);
}

/* What one audio packet tells about the path. interval_us: since the packet before it. */
static void judge_path(struct line *line, int samples, int64_t interval_us, int64_t now_us)
{
    struct pace *pace = &line->pace;
    int64_t length_us = (int64_t)(samples > 0 ? samples : USUAL_PACKET) * US_PER_SAMPLE;
    if (pace->accepted > 0 && interval_us < length_us / 4 && now_us < pace->due_us - length_us / 2)
        give_back(line, samples);
    if (owed(line) >= 0 || interval_us <= length_us / 2)
        pace->calm = 0;
    else if (++pace->calm >= CALM_PACKETS)
        accept_shift(line);
}

/* When the credit thread must look next: an answer was held back, or the next packet may be late. */
static void set_look(struct line *line)
{
    int64_t slack_us = line->timeline.synced ? STREAM_SLACK_US : 0;
    int is_held_back = owed(line) >= line->sender.packet_samples;
    line->credit_look_us = is_held_back ? answer_from_us(line) : line->pace.due_us + slack_us;
}

void stream_receive(struct line *line, const struct rtp_packet *packet, int64_t now_us)
{
    int64_t interval_us = now_us - line->pace.last_packet_us;
    int is_noise = packet->payload_type == RTP_COMFORT_NOISE;
    int is_event = line->event_type > 0 && packet->payload_type == line->event_type;
    line->pace.last_packet_us = now_us;
    int is_first = !line->timeline.synced;
    if (is_first) {
        line->pace.offset = line->pace.said - line->pace.heard; /* said before the far end spoke: nobody's debt */
        line->pace.accepted = 0;
    }
    if (!timeline_push(&line->timeline, packet, now_us))
        return;
    if (is_first)
        events_flag(line->handle, LINE_FIRST_RTP);
    if (!is_noise && !is_event) {
        if (line->timeline.held == 0)
            stream_adopt_size(line, line->timeline.packet_samples);
        judge_path(line, packet->size, interval_us, now_us);
    }
    if (!is_noise)
        answer(line, now_us); /* comfort noise comes when it likes: the clock keeps the pace meanwhile */
    sender_report(line, now_us);
    set_look(line);
}

void stream_credit(struct line *line, int64_t now_us)
{
    struct pace *pace = &line->pace;
    if (!pace->due_us)
        pace->due_us = now_us;
    if (now_us - pace->due_us > OVERSLEPT_US)
        pace->due_us = now_us - STREAM_SLACK_US - 1;
    answer(line, now_us);
    while (now_us >= pace->due_us + (line->timeline.synced ? STREAM_SLACK_US : 0)) {
        if (line->timeline.synced && -owed(line) >= LONGEST_CREDIT) {
            line->timeline.synced = 0;
            line->stat.dead++;
        }
        if (!line->timeline.synced && line->timeline.counters.received)
            hear(line, NULL, line->sender.packet_samples, 0); /* gone: the processor hears silence in real time */
        line->stat.fallback++;
        say(line);
        keep_schedule(line, now_us);
        pace->due_us += packet_us(line);
    }
    sender_report(line, now_us);
    set_look(line);
}
