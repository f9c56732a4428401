/* sender.c - see sender.h. */
#include "sender.h"

#include <string.h>

#include "timebase.h"

#define REPORT_US 5000000
#define HOUR_US 3600000000LL
#define CARRIED 64

/* Numbers of transports that ended, by SSRC. */
static struct carried {
    uint32_t ssrc;
    uint32_t timestamp;
    uint16_t sequence;
    int64_t last_sent_us; /* 0: empty */
} carried[CARRIED];

static unsigned carried_count;
static pthread_mutex_t carry_lock = PTHREAD_MUTEX_INITIALIZER;

void sender_init(struct sender *sender)
{
    memset(sender, 0, sizeof *sender);
    sender->payload_type = -1;
    sender->event_type = -1;
    sender->packet_samples = USUAL_PACKET;
}

void sender_carry_out(const struct sender *sender)
{
    if (!sender->numbered || !sender->last_sent_us)
        return;
    pthread_mutex_lock(&carry_lock);
    struct carried *place = &carried[carried_count++ % CARRIED];
    place->ssrc = sender->ssrc;
    place->timestamp = sender->timestamp;
    place->sequence = sender->sequence;
    place->last_sent_us = sender->last_sent_us;
    pthread_mutex_unlock(&carry_lock);
}

static int carry_in(struct sender *sender)
{
    int found = 0;
    int64_t now_us = monotonic_us();
    pthread_mutex_lock(&carry_lock);
    for (int i = 0; i < CARRIED && !found; i++) {
        struct carried *place = &carried[i];
        found = place->ssrc == sender->ssrc && place->last_sent_us && now_us - place->last_sent_us < HOUR_US;
        if (!found)
            continue;
        sender->timestamp = place->timestamp;
        sender->sequence = place->sequence;
        sender->last_sent_us = place->last_sent_us;
        place->last_sent_us = 0;
    }
    pthread_mutex_unlock(&carry_lock);
    return found;
}

void sender_resume(struct sender *sender)
{
    if (!sender->numbered) {
        sender->numbered = 1;
        sender->marker = 1;
        if (!carry_in(sender)) {
            sender->sequence = (uint16_t)pj_rand();
            sender->timestamp = (uint32_t)pj_rand();
        }
    }
    int64_t pause_us = sender->last_sent_us ? monotonic_us() - sender->last_sent_us : 0;
    int64_t pause = pause_us / US_PER_SAMPLE;
    if (pause > 2 * USUAL_PACKET && pause_us < HOUR_US) {
        sender->timestamp += (uint32_t)(pause / USUAL_PACKET * USUAL_PACKET);
        sender->marker = 1;
    }
}

static void send_packet(struct line *line, int type, int marker, uint32_t timestamp, const uint8_t *payload, int n)
{
    struct sender *sender = &line->sender;
    uint8_t packet[RTP_HEADER + TIMELINE_LONGEST];
    rtp_header(packet, type, marker, sender->sequence++, timestamp, pj_ntohl(sender->ssrc));
    memcpy(packet + RTP_HEADER, payload, (size_t)n);
    pjmedia_transport_send_rtp(line->below, packet, (pj_size_t)(RTP_HEADER + n));
    line->stat.sent++;
    if (line->rtcp)
        pjmedia_rtcp_tx_rtp(line->rtcp, (unsigned)n);
}

void sender_pass(struct sender *sender, int n)
{
    sender->timestamp += (uint32_t)n;
    sender->last_sent_us = monotonic_us();
    if (sender->muted)
        sender->marker = 1;
}

void sender_send(struct line *line, const uint8_t *payload, int n)
{
    struct sender *sender = &line->sender;
    uint32_t timestamp = sender->timestamp;
    sender_pass(sender, n);
    if (sender->muted)
        return;
    send_packet(line, sender->payload_type, sender->marker, timestamp, payload, n);
    sender->marker = 0;
}

void sender_send_event(struct line *line, const uint8_t *payload, int n, uint32_t timestamp, int marker)
{
    if (!line->sender.muted)
        send_packet(line, line->sender.event_type, marker, timestamp, payload, n);
}

void sender_report(struct line *line, int64_t now_us)
{
    void *report;
    int size;
    if (!line->rtcp || now_us - line->sender.last_report_us < REPORT_US)
        return;
    line->sender.last_report_us = now_us;
    pjmedia_rtcp_build_rtcp(line->rtcp, &report, &size);
    pjmedia_transport_send_rtcp(line->below, report, (pj_size_t)size);
}
