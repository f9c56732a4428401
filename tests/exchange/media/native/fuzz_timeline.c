/* fuzz_timeline PACKETS SEED - plausible RTP packets, mutated, into the parser and the receive time line.
 *
 * Built with address and undefined-behaviour sanitizers; each datagram lies in a heap block of its exact size. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/media/timeline.h"

#define EVENT_TYPE 101
#define MOST_FOR_ONE_PACKET (3 * (16000 + TIMELINE_LONGEST))

static uint64_t state;
static uint64_t delivered, digits;
static volatile unsigned sum;

static uint32_t chance(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16) % below;
}

static void audio(void *user, const uint8_t *payload, int samples, int payload_type)
{
    (void)user;
    assert(samples > 0 && samples <= TIMELINE_LONGEST);
    assert(!payload || payload_type == RTP_MU_LAW || payload_type == RTP_A_LAW);
    for (int i = 0; payload && i < samples; i++)
        sum += payload[i];
    delivered += (uint64_t)samples;
}

static void digit(void *user, int code)
{
    (void)user;
    assert(code >= 0 && code < 256);
    digits++;
}

/* The sender's numbers, as they would be, and now and then as they would not. */
static struct {
    uint16_t sequence;
    uint32_t timestamp, ssrc;
} sender;

static void next_numbers(int size)
{
    sender.sequence++;
    sender.timestamp += (uint32_t)size;
    switch (chance(100)) {
    case 0: case 1: case 2:
        sender.sequence += (uint16_t)chance(5);
        break;
    case 4:
        sender.sequence -= (uint16_t)chance(6);
        break;
    case 5:
        sender.sequence = (uint16_t)chance(65536);
        break;
    case 6:
        sender.timestamp = chance(0xFFFFFFFF);
        break;
    case 7:
        sender.ssrc = chance(3);
        break;
    case 8:
        sender.timestamp += chance(20000);
        break;
    case 9:
        sender.timestamp -= chance(2000);
        break;
    default:
        break;
    }
}

static int payload_type(void)
{
    if (chance(20))
        return chance(2) ? RTP_MU_LAW : RTP_A_LAW;
    return chance(2) ? EVENT_TYPE : RTP_COMFORT_NOISE;
}

static int any_length(int kind)
{
    if (kind == 0)
        return (int)chance(64);
    if (kind == 1)
        return (int)chance(1600);
    return RTP_HEADER + (chance(16) ? 80 << chance(4) : (int)chance(1400));
}

static void mutate(uint8_t *datagram, int length, int kind)
{
    int reach = kind == 5 ? RTP_HEADER : length;
    for (int times = 1 + (int)chance(4); times; times--)
        datagram[chance((uint32_t)reach)] ^= (uint8_t)(1 << chance(8));
    if (kind == 7) {
        datagram[0] |= (uint8_t)chance(0x40);
        datagram[length - 1] = (uint8_t)chance(256);
    }
}

static void one_packet(struct timeline *line, int64_t now_us)
{
    int kind = (int)chance(8);
    int length = any_length(kind);
    uint8_t *datagram = malloc(length ? (size_t)length : 1);
    for (int i = 0; i < length; i++)
        datagram[i] = (uint8_t)chance(256);
    if (kind > 1) {
        next_numbers(length - RTP_HEADER);
        rtp_header(datagram, payload_type(), 0, sender.sequence, sender.timestamp, sender.ssrc);
        if (kind >= 5)
            mutate(datagram, length, kind);
    }
    struct rtp_packet packet;
    uint64_t before = delivered;
    if (rtp_parse(datagram, length, &packet) == RTP_PACKET) {
        assert(packet.size >= 0 && packet.payload >= datagram && packet.payload + packet.size <= datagram + length);
        timeline_push(line, &packet, now_us);
    }
    assert(line->held >= 0 && line->held <= TIMELINE_SLOTS);
    assert(delivered - before <= MOST_FOR_ONE_PACKET);
    free(datagram);
}

/* Packets come evenly, in bursts, after pauses; and a clock that is not quite steady. */
static int64_t later(int64_t now_us)
{
    if (!chance(5000))
        now_us -= chance(1000000);
    if (!chance(200))
        return now_us + chance(3000000);
    return now_us + (chance(8) ? 20000 : chance(50));
}

int main(int count, char **arguments)
{
    assert(count == 3);
    long packets = atol(arguments[1]);
    state = strtoull(arguments[2], NULL, 10) * 2 + 1;
    struct timeline *line = calloc(1, sizeof *line);
    line->sink = (struct timeline_sink){audio, digit, NULL};
    timeline_reset(line, EVENT_TYPE);
    int64_t now_us = 1000000;
    for (long number = 0; number < packets; number++) {
        now_us = later(now_us);
        one_packet(line, now_us);
        if (number % 100000 == 99999)
            timeline_reset(line, chance(2) ? EVENT_TYPE : -1);
    }
    printf("%llu samples, %llu digits, %u received, %u lost\n", (unsigned long long)delivered,
           (unsigned long long)digits, line->counters.received, line->counters.lost);
    free(line);
    return delivered == 0;
}
