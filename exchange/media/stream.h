/* stream.h - a line's two time lines: what the processor heard and what it said. All functions: line->lock is held.
 *
 * Every packet of the far end is answered by one of ours while the line owes something: owed = heard + offset - said.
 * So we send by the far end's own clock and nothing slips. When packets are late or none come, the credit thread sends
 * in their place; packets that come late are then heard and not answered, until both counters meet.
 */
#ifndef DENWA_STREAM_H
#define DENWA_STREAM_H

#include "state.h"

/* A packet may be so late before one is sent on credit. */
#define STREAM_SLACK_US 25000

/* Both time lines start at nought; the numbers of what is sent go on. */
void stream_reset(struct line *line);

/* A packet from the far end: heard, and answered. */
void stream_receive(struct line *line, const struct rtp_packet *packet, int64_t now_us);

/* Sends what is overdue; called by the credit thread. */
void stream_credit(struct line *line, int64_t now_us);

/* The far end's packet size is ours from the next packet on. */
void stream_adopt_size(struct line *line, int samples);

#endif
