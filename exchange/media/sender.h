/* sender.h - numbers, sends and reports a line's RTP. All functions: line->lock is held.
 *
 * The line owns sequence and timestamp for the whole call: re-INVITE, codec change, hold, processor or broadcast, and
 * T.38 and back are one unbroken stream for the far end.
 */
#ifndef DENWA_SENDER_H
#define DENWA_SENDER_H

#include "state.h"

void sender_init(struct sender *sender);

/* A stream began (its SSRC is set): numbers go on, the timestamp by the time that passed. */
void sender_resume(struct sender *sender);

/* Keeps the numbers for the next transport of the same call, which pjsua gives the same SSRC. */
void sender_carry_out(const struct sender *sender);

/* One packet of n octets of G.711 at the sender's timestamp, which then moves on. */
void sender_send(struct line *line, const uint8_t *payload, int n);

/* One packet of another payload type at a timestamp of its own; the sender's does not move. */
void sender_send_event(struct line *line, const uint8_t *payload, int n, uint32_t timestamp, int marker);

/* n samples of time pass in which no audio is sent. */
void sender_pass(struct sender *sender, int n);

/* An RTCP report every five seconds: PJMEDIA's stream is paused and sends none. */
void sender_report(struct line *line, int64_t now_us);

/* The law of what is sent. */
static inline int sender_law(const struct sender *sender)
{
    return sender->payload_type == RTP_A_LAW;
}

#endif
