/* timeline.h - what the far end said, as one unbroken line of samples.
 *
 * The line follows the sender's RTP timestamps; sequence numbers only restore the order and tell loss from silence.
 * A lost packet is concealed by the one before it; silence suppression, comfort noise and the time under an RFC 4733
 * event are silence of their true length. Pure: no lock, no I/O, no allocation; one thread at a time.
 */
#ifndef DENWA_TIMELINE_H
#define DENWA_TIMELINE_H

#include "rtp.h"

#define TIMELINE_LONGEST 960 /* samples in one packet: 120 ms */
#define TIMELINE_SLOTS 4     /* a power of two above the packets that may overtake a missing one */

struct timeline_counters {
    unsigned received, lost, late, duplicate, reordered, events, comfort_noise;
    unsigned wrong_type, wrong_size, timestamp_jumps, resync, flood, overlaps;
};

/* Where the samples go. audio: `samples` octets of G.711 by payload type, or NULL for silence. digit: an event's code. */
struct timeline_sink {
    void (*audio)(void *user, const uint8_t *payload, int samples, int payload_type);
    void (*digit)(void *user, int code);
    void *user;
};

struct timeline_slot {
    int full;
    int is_event;
    int payload_type;
    int size;
    uint16_t sequence;
    uint32_t timestamp;
    uint8_t payload[TIMELINE_LONGEST];
};

struct timeline {
    struct timeline_sink sink;
    struct timeline_counters counters;
    int event_type;          /* payload type of RFC 4733 events, -1 for none */
    int packet_samples;      /* of the far end's last audio packet */

    /* the stream */
    int synced;
    uint32_t ssrc;
    uint16_t expected;       /* next sequence number */
    uint32_t position;       /* timestamp up to which all was given out */
    int missing;             /* packets lost before the next one */
    int held;                /* packets in slots, waiting for one that is missing */
    struct timeline_slot slots[TIMELINE_SLOTS];

    /* a jump of the sequence becomes a new stream when a second packet follows it (RFC 3550, A.1) */
    int restart_armed;
    uint16_t restart_sequence;

    /* the last event, and how far its duration has moved the position ahead of the audio sent under it */
    int event_seen;
    uint32_t event_timestamp;
    int32_t event_ahead;

    /* for concealment */
    uint8_t last[TIMELINE_LONGEST];
    int last_samples;
    int last_type;

    /* the time that the samples given out so far are worth, against real time */
    int64_t worth_us;
    int64_t now_us;
};

/* Starts anew; counters and sink stay. */
void timeline_reset(struct timeline *line, int event_type);

/* One packet, at now_us of any steady clock. 1: it is of this stream; 0: it was dropped and counted. */
int timeline_push(struct timeline *line, const struct rtp_packet *packet, int64_t now_us);

/* 1: the first packet of an RFC 4733 event; the others repeat its timestamp, and any of them may be lost. */
int timeline_is_new_event(struct timeline *line, uint32_t timestamp);

#endif
