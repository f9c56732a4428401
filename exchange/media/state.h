/* state.h - one line, as the C files that know PJSIP see it.
 *
 * Locks, outermost first:
 *   line->control   calls from Python and PJSIP's SIP thread that change what the line does; one at a time a line
 *   registry (lines.c) | wheel (listeners.c) | list (credit.c)     never two of them at once
 *   line->lock      everything in the struct that is not marked otherwise; held while a processor works
 *   a ring's lock (broadcast.c), the carry lock (sender.c)
 * PJMEDIA's worker takes line->lock only. In PJSIP 2.17 socket callbacks run without the socket's lock, so line->lock is
 * ours; the group lock of the transport only counts references: a line lives until the last is given back.
 */
#ifndef DENWA_STATE_H
#define DENWA_STATE_H

#define _GNU_SOURCE
#include <pjsua-lib/pjsua.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "audio/processor.h"
#include "line.h"
#include "timeline.h"

#define USUAL_PACKET 160 /* samples, 20 ms */

/* PJMEDIA's stream above us: where it wants its packets. */
struct upper {
    void *user_data;
    void (*on_rtp)(void *, void *, pj_ssize_t);
    void (*on_rtp2)(pjmedia_tp_cb_param *);
    void (*on_rtcp)(void *, void *, pj_ssize_t);
};

/* Where the far end's RTP comes from: source.c. */
struct source {
    pj_sockaddr announced; /* by SDP */
    pj_sockaddr known;
    int is_known;
    unsigned steady;       /* packets in a row from there */
    int64_t last_us;
};

/* Numbering and format of what is sent: sender.c. */
struct sender {
    int numbered;          /* 0 until the first stream began */
    uint16_t sequence;
    uint32_t timestamp;
    uint32_t ssrc;         /* network order, as PJMEDIA keeps it */
    int marker;            /* on the next packet */
    int payload_type;      /* -1 until there is a stream */
    int event_type;        /* payload type of RFC 4733 that the far end wants, -1: none */
    int packet_samples;
    int muted;             /* held: the timestamp goes on, nothing is sent */
    int64_t last_sent_us;
    int64_t last_report_us;
};

/* The two time lines, in samples, and the rule that keeps them equal: stream.c. */
struct pace {
    int64_t heard;
    int64_t said;
    int64_t offset;        /* said - heard that is nobody's debt */
    int64_t accepted;      /* the part of offset that is an accepted longer path */
    int64_t due_us;        /* when the next packet should leave */
    int64_t earliest_us;   /* when an answer may leave by our own clock; 0: nothing was said yet */
    int64_t last_said_us;
    int64_t hurry_us;      /* how much earlier answers may still leave in all */
    int64_t last_packet_us;
    int calm;              /* packets in a row that came at their pace while credit stood */
};

/* A digit that we send: press.c. */
struct press {
    int code;
    int left;              /* samples still to be sent; 0: none is under way */
    int duration;          /* samples sent so far */
    uint32_t timestamp;    /* of its beginning */
};

/* A listener: listeners.c. */
struct listening {
    int broadcast;         /* id, BROADCAST_NONE: the processor speaks */
    int lead;
    int based;             /* base is set */
    uint32_t base;         /* RTP timestamp - sample: constant while it listens */
    int64_t next;          /* the sample that should come next; -1: whichever */
};

struct line {
    pjmedia_transport base;    /* first: pjsua's pjmedia_transport* is our struct line* */
    pjmedia_transport *below;  /* pjsua's own UDP transport; constant */
    int owns_below;            /* constant */
    pj_pool_t *pool;           /* constant */
    unsigned handle;           /* constant */

    pthread_mutex_t control;
    pthread_mutex_t lock;

    int attached, started, ended; /* ended: line_bye() */
    struct upper upper;
    pjmedia_rtcp_session *rtcp;   /* the stream's; NULL while there is none */
    int event_type;               /* payload type of RFC 4733, -1 for none */
    struct source source;
    struct timeline timeline;
    struct sender sender;
    struct pace pace;
    struct press press;
    struct listening listening;
    int filtered;                 /* filter.c */
    const struct dsp_ops *ops;
    void *dsp;
    line_stat_t stat;             /* the counters that have no other home */

    /* membership of the two threads' lists, under their locks */
    struct line *wheel_next, *wheel_previous;
    int wheel_slot;               /* -1: not listening */
    int credit_index;             /* -1: not in the list */

    atomic_llong credit_look_us;  /* the credit thread need not look before; written under lock */
};

#endif
