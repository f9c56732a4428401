/* timeline.c - see timeline.h. */
#include "timeline.h"

#include <string.h>

#define SAMPLE_US 125
#define USUAL_SAMPLES 160
#define LONGEST_GAP 16000     /* samples that are filled in, 2 s; a longer hole is a jump of the sender's clock */
#define SAME_STREAM 100       /* distance of sequence numbers that is still the same stream */
#define OVERTAKERS 2          /* so many packets waiting for a missing one make it a lost one */
#define MOST_AHEAD_US 500000  /* the stream may run ahead of real time by so much: jitter */
#define MOST_BEHIND_US 5000000 /* and may catch up what it missed, up to this */
#define LEAK_PER_MILLE 998    /* the sender's clock may be fast by 0.2 % for ever */
#define SHORTEST_EVENT 4      /* octets of an RFC 4733 payload */

void timeline_reset(struct timeline *line, int event_type)
{
    struct timeline_sink sink = line->sink;
    struct timeline_counters counters = line->counters;
    memset(line, 0, sizeof *line);
    line->sink = sink;
    line->counters = counters;
    line->event_type = event_type;
    line->packet_samples = USUAL_SAMPLES;
}

/* Would so many samples more still keep to real time? A hostile timestamp must not make hours of work. */
static int has_room(const struct timeline *line, int64_t samples)
{
    return line->worth_us + samples * SAMPLE_US <= line->now_us + MOST_AHEAD_US;
}

static void spend(struct timeline *line, int samples)
{
    line->worth_us += (int64_t)samples * SAMPLE_US * LEAK_PER_MILLE / 1000;
}

/* Gives out samples that no packet brought: the last packet again where one was lost, else silence. */
static void fill(struct timeline *line, int32_t samples, int lost)
{
    while (samples > 0) {
        int piece = samples < line->packet_samples ? samples : line->packet_samples;
        if (lost && line->last_samples >= piece)
            line->sink.audio(line->sink.user, line->last, piece, line->last_type);
        else
            line->sink.audio(line->sink.user, NULL, piece, 0);
        samples -= piece;
        spend(line, piece);
        line->position += (uint32_t)piece;
    }
}

/* Fills a gap: as much as the lost packets were worth is concealed, the rest was silence. */
static void fill_gap(struct timeline *line, int32_t gap, int64_t lost_samples)
{
    int32_t lost = lost_samples > gap ? gap : (int32_t)lost_samples;
    fill(line, lost, 1);
    fill(line, gap - lost, 0);
}

/* The sender's clock jumped: its order of packets rules, no time is filled in. */
static void jump(struct timeline *line, uint32_t timestamp)
{
    line->counters.timestamp_jumps++;
    line->position = timestamp;
}

int timeline_is_new_event(struct timeline *line, uint32_t timestamp)
{
    if (line->event_seen && timestamp == line->event_timestamp)
        return 0;
    line->event_seen = 1;
    line->event_timestamp = timestamp;
    return 1;
}

/* RFC 4733: the event's duration moves the line, so the tone's echo in the audio under it is not heard a second time. */
static void accept_event(struct timeline *line, const struct timeline_slot *slot, int32_t gap)
{
    if (slot->size < SHORTEST_EVENT)
        return;
    line->counters.events++;
    if (timeline_is_new_event(line, slot->timestamp))
        line->sink.digit(line->sink.user, slot->payload[0]);
    int64_t advance = (int64_t)gap + rtp_get16(slot->payload + 2);
    if (advance > 0 && advance <= LONGEST_GAP && has_room(line, advance)) {
        fill(line, (int32_t)advance, 0);
        line->event_ahead += (int32_t)advance;
    }
}

/* RFC 3389: all time before it was silence, but for lost packets. */
static void accept_comfort_noise(struct timeline *line, const struct timeline_slot *slot, int32_t gap, int missing)
{
    line->counters.comfort_noise++;
    line->last_samples = 0;
    if (gap < -LONGEST_GAP || gap > LONGEST_GAP || !has_room(line, gap))
        jump(line, slot->timestamp);
    else if (gap > 0)
        fill_gap(line, gap, (int64_t)missing * line->packet_samples);
}

static void accept_audio(struct timeline *line, const struct timeline_slot *slot, int32_t gap, int missing)
{
    const uint8_t *payload = slot->payload;
    int samples = slot->size;
    if (gap < 0 && -(int64_t)gap <= line->event_ahead) {
        line->counters.overlaps++;
        if (gap + samples <= 0)
            return;
        payload -= gap;
        samples += gap;
    } else if (gap < 0 || gap > LONGEST_GAP || !has_room(line, gap)) {
        jump(line, slot->timestamp);
    } else if (gap > 0) {
        fill_gap(line, gap, missing > gap / samples ? gap : (int64_t)missing * samples);
    }
    line->packet_samples = slot->size;
    line->event_ahead = 0;
    memcpy(line->last, payload, (size_t)samples);
    line->last_samples = samples;
    line->last_type = slot->payload_type;
    spend(line, samples);
    line->position += (uint32_t)samples;
    line->sink.audio(line->sink.user, payload, samples, slot->payload_type);
}

/* The next packet in order; line->missing were lost before it. */
static void accept_packet(struct timeline *line, const struct timeline_slot *slot)
{
    int32_t gap = (int32_t)(slot->timestamp - line->position);
    int missing = line->missing;
    line->missing = 0;
    if (slot->is_event)
        accept_event(line, slot, gap);
    else if (slot->payload_type == RTP_COMFORT_NOISE)
        accept_comfort_noise(line, slot, gap, missing);
    else
        accept_audio(line, slot, gap, missing);
}

static struct timeline_slot *slot_of(struct timeline *line, uint16_t sequence)
{
    return &line->slots[sequence & (TIMELINE_SLOTS - 1)];
}

static int is_held(struct timeline *line, uint16_t sequence)
{
    const struct timeline_slot *slot = slot_of(line, sequence);
    return slot->full && slot->sequence == sequence;
}

/* One sequence number forward: the held packet, or one more that is lost. */
static void step(struct timeline *line)
{
    uint16_t sequence = line->expected++;
    if (is_held(line, sequence)) {
        struct timeline_slot *slot = slot_of(line, sequence);
        slot->full = 0;
        line->held--;
        accept_packet(line, slot);
    } else {
        line->missing++;
        line->counters.lost++;
    }
}

static void drain(struct timeline *line)
{
    while (line->held && is_held(line, line->expected))
        step(line);
}

static void begin_stream(struct timeline *line, const struct rtp_packet *packet)
{
    if (line->counters.received)
        line->counters.resync++;
    for (int i = 0; i < TIMELINE_SLOTS; i++)
        line->slots[i].full = 0;
    line->held = 0;
    line->missing = 0;
    line->synced = 1;
    line->ssrc = packet->ssrc;
    line->expected = packet->sequence;
    line->position = packet->timestamp;
    line->event_seen = 0;
    line->event_ahead = 0;
}

/* 1: a jump of the sequence number that is not (yet) a new stream; the packet is dropped. */
static int is_stray(struct timeline *line, const struct rtp_packet *packet)
{
    int distance = (int16_t)(packet->sequence - line->expected);
    if (!line->synced || packet->ssrc != line->ssrc || (distance >= -SAME_STREAM && distance <= SAME_STREAM))
        return 0;
    if (!line->restart_armed || packet->sequence != line->restart_sequence) {
        line->restart_armed = 1;
        line->restart_sequence = (uint16_t)(packet->sequence + 1);
        line->counters.late++;
        return 1;
    }
    line->synced = 0;
    return 0;
}

/* What a packet must be, before its place in the stream is asked for. */
static int is_acceptable(struct timeline *line, const struct rtp_packet *packet, int is_event)
{
    int type = packet->payload_type;
    int is_noise = type == RTP_COMFORT_NOISE;
    if (!is_event && type != RTP_MU_LAW && type != RTP_A_LAW && !is_noise) {
        line->counters.wrong_type++;
        return 0;
    }
    if (packet->size > TIMELINE_LONGEST || packet->size < (is_event ? SHORTEST_EVENT : 1))
        line->counters.wrong_size++; /* one that is too short still has its place in the order */
    if (packet->size > TIMELINE_LONGEST)
        return 0;
    if (!has_room(line, is_noise ? 0 : packet->size)) {
        line->counters.flood++;
        return 0;
    }
    return 1;
}

static void fill_slot(struct timeline_slot *slot, const struct rtp_packet *packet, int is_event)
{
    slot->full = 1;
    slot->is_event = is_event;
    slot->payload_type = packet->payload_type;
    slot->size = packet->size;
    slot->sequence = packet->sequence;
    slot->timestamp = packet->timestamp;
    memcpy(slot->payload, packet->payload, (size_t)packet->size);
}

/* A packet that overtook another waits for it, until too many wait. */
static int hold_back(struct timeline *line, const struct rtp_packet *packet, int is_event)
{
    if (is_held(line, packet->sequence)) {
        line->counters.duplicate++;
        line->counters.received--;
        return 0;
    }
    if (packet->size == 0)
        return 0;
    fill_slot(slot_of(line, packet->sequence), packet, is_event);
    line->held++;
    line->counters.reordered++;
    if (line->held >= OVERTAKERS) {
        while (!is_held(line, line->expected))
            step(line);
        drain(line);
    }
    return 1;
}

int timeline_push(struct timeline *line, const struct rtp_packet *packet, int64_t now_us)
{
    int is_event = line->event_type > 0 && packet->payload_type == line->event_type;
    line->now_us = now_us;
    if (!line->synced && !line->counters.received)
        line->worth_us = now_us;
    if (line->worth_us < now_us - MOST_BEHIND_US)
        line->worth_us = now_us - MOST_BEHIND_US;
    if (!is_acceptable(line, packet, is_event) || is_stray(line, packet))
        return 0;
    if (!line->synced || packet->ssrc != line->ssrc)
        begin_stream(line, packet);
    line->restart_armed = 0;
    if ((int16_t)(packet->sequence - line->expected) < 0) {
        line->counters.late++;
        return 0;
    }
    line->counters.received++;
    while ((int16_t)(packet->sequence - line->expected) > OVERTAKERS)
        step(line);
    if (packet->sequence != line->expected)
        return hold_back(line, packet, is_event);
    line->expected++;
    if (packet->size) {
        struct timeline_slot slot;
        fill_slot(&slot, packet, is_event);
        accept_packet(line, &slot);
    }
    drain(line);
    return 1;
}
