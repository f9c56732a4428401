/* core.h - one line, as the C files beside it see it.
   Locks, outermost first: reg (lines.c) | bcm (clock.c: the clock thread's lists) -> line.mx. PJMEDIA's worker takes line.mx only.
   In 2.17 ioqueue callbacks run without the key's lock: line.mx is ours, the group lock only counts references. */
#ifndef CORE_H
#define CORE_H
#define _GNU_SOURCE
#include <pjsua-lib/pjsua.h>
#include <pthread.h>
#include <stdatomic.h>
#include "audio/processor.h"
#include "line.h"
#include "rtp.h"
#include "events.h"
#define FR 160
#define PHASES 20                        /* broadcast groups, 1 ms apart */
typedef struct line {
    pjmedia_transport base; pjmedia_transport *slave; int del_base; pj_pool_t *pool; unsigned h; pthread_mutex_t mx;
    void *s_ud; void (*s_rtp)(void *, void *, pj_ssize_t); void (*s_rtp2)(pjmedia_tp_cb_param *); void (*s_rtcp)(void *, void *, pj_ssize_t);   /* the stream's */
    atomic_int attached, started, listening, bye; pjmedia_rtcp_session *rtcp; int64_t last_sr;
    int listed, group, list_i;                                                       /* clock.c's lists, under bcm */
    rxline rx; pj_sockaddr src; int have_src, same_src, bpf; int64_t last_ok, last_rx;   /* receive */
    int tx_pt, te_pt, txn; uint16_t seq; uint32_t ts, ssrc; int mark, own, mute; int64_t last_tx;  /* send: the adapter owns the numbering */
    int64_t rx_pos, tx_pos, off, acc, due; int calm;                                 /* the two time lines, samples; due in us */
    uint64_t bc_s; uint32_t bc_ts0;                                                  /* broadcast: last sample, RTP timestamp - sample */
    const struct dsp_ops *ops; void *dsp;
    line_stat_t st;
} line;
int64_t mono_us(void); void rt_me(int prio); void mx_init(pthread_mutex_t *m); void test_stall(int where);
extern int opt_slack, opt_bcrx, opt_phases, rtprio;
/* stream.c */
void stream_init(line *l); void stream_reset(line *l); void stream_renumber(line *l); void carry_out(line *l);
void stream_in(line *l, const uint8_t *p, long n, int64_t now); void stream_fallback(line *l, int64_t now); void stream_rtcp(line *l, int64_t now);
void send_payload(line *l, const uint8_t *pl, int n);
/* filter.c */
void filter_set(line *l, int on);
/* clock.c */
void list_add(line *l, int broadcast); void list_del(line *l);
extern line *clk_B[PHASES][MAXL]; extern int clk_nB[PHASES];
/* broadcast.c */
void bc_init(void); void bc_send(int group, uint64_t sample, int64_t now); void bc_rx(line *l, pjmedia_tp_cb_param *q, int same);
/* adapter.c */
void to_stream(line *l, pjmedia_tp_cb_param *q);
/* lines.c */
int line_register(line *l); void line_unregister(line *l);
#endif
