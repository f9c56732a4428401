/* stream.c - the two time lines of a line: what was heard (rx_pos) and what was said (tx_pos), and the rule that keeps them equal.
   TX owes rx_pos + off - tx_pos: every packet is answered while something is owed. When packets are late the clock thread sends on
   credit, and late packets then are heard and not answered until the counters meet. All functions: l->mx is held. */
#include "core.h"
#include "g711.h"
#define CREDIT 16000                     /* samples TX may run ahead of RX, 2 s */
void stream_init(line *l) { l->tx_pt = l->te_pt = -1; l->txn = FR; }
/* ---- T.38 and back: PJSUA makes a new transport but keeps the call's SSRC, so the numbering is carried over by SSRC ---- */
static struct { uint32_t ssrc, ts; uint16_t seq; int64_t t; } carry[64]; static unsigned carry_n; static pthread_mutex_t carry_m = PTHREAD_MUTEX_INITIALIZER;
void carry_out(line *l) { if (!l->own || !l->ssrc) return; pthread_mutex_lock(&carry_m); unsigned i = carry_n++ % 64; carry[i].ssrc = l->ssrc; carry[i].seq = l->seq; carry[i].ts = l->ts; carry[i].t = mono_us(); pthread_mutex_unlock(&carry_m); }
static int carry_in(line *l)
{
    int hit = 0; pthread_mutex_lock(&carry_m);
    for (unsigned i = 0; i < 64; i++) if (carry[i].ssrc == l->ssrc && carry[i].t && mono_us() - carry[i].t < 3600000000LL) { hit = 1; l->seq = carry[i].seq; l->ts = carry[i].ts; l->last_tx = carry[i].t; carry[i].t = 0; }
    pthread_mutex_unlock(&carry_m); return hit;
}
void stream_renumber(line *l)            /* at line_start, ssrc is set; after a pause the timestamp has gone on */
{
    if (!l->own) { l->own = 1; if (!carry_in(l)) { l->seq = pj_rand(); l->ts = pj_rand(); } l->mark = 1; }
    int64_t g = l->last_tx ? (mono_us() - l->last_tx)*8/1000 : 0; if (g > 320 && g < 8000*3600LL) { l->ts += (uint32_t)(g/160*160); l->mark = 1; }
}
/* ---- send ---- */
void send_payload(line *l, const uint8_t *pl, int n)
{
    uint8_t p[12 + RX_MAXN]; uint32_t x; uint16_t s; if (l->mute) { l->ts += n; l->mark = 1; return; }
    p[0] = 0x80; p[1] = l->tx_pt | (l->mark ? 0x80 : 0); l->mark = 0;
    s = htons(l->seq++); memcpy(p + 2, &s, 2); x = htonl(l->ts); memcpy(p + 4, &x, 4); memcpy(p + 8, &l->ssrc, 4); l->ts += n;
    memcpy(p + 12, pl, n); pjmedia_transport_send_rtp(l->slave, p, 12 + n); l->st.tx++;
    if (l->rtcp) pjmedia_rtcp_tx_rtp(l->rtcp, n);
}
void stream_rtcp(line *l, int64_t now)                       /* PJMEDIA's stream is paused: its reports are sent from here */
{
    void *p; int n; if (!l->rtcp || now - l->last_sr < 5000000) return;
    l->last_sr = now; pjmedia_rtcp_build_rtcp(l->rtcp, &p, &n); pjmedia_transport_send_rtcp(l->slave, p, n);
}
static void polled(line *l) { unsigned e = l->ops && l->ops->poll ? l->ops->poll(l->dsp) : 0; if (e) ev_flag(l->h, (e & DSP_READ ? F_READ : 0) | (e & DSP_WRITE ? F_WRITE : 0) | (e & DSP_DONE ? F_DONE : 0) | (e & DSP_DIGIT ? F_DIGIT : 0)); }
static void say(line *l)                                     /* one packet */
{
    int16_t a[RX_MAXN]; uint8_t o[RX_MAXN]; int n = l->txn, law = l->tx_pt == 8; l->tx_pos += n;
    if (!l->ops) memset(o, G711_SILENCE(law), n);
    else { l->ops->tx(l->dsp, a, n); for (int i = 0; i < n; i++) o[i] = g711_e(law, a[i]); polled(l); }
    l->last_tx = mono_us(); send_payload(l, o, n);
}
/* ---- receive: called by rtp.h in the order of the far end's time line ---- */
static void heard(void *u, const uint8_t *p, int n, int pt, int kind)
{
    line *l = u; int16_t a[RX_MAXN]; (void)kind; l->rx_pos += n; if (!l->ops) return;
    if (p) for (int i = 0; i < n; i++) a[i] = g711_d(pt == 8, p[i]); else memset(a, 0, 2*n);
    l->ops->rx(l->dsp, a, n);
}
static void digit(void *u, int ev, int dur) { (void)dur; ev_digit(((line *)u)->h, ev); }
void stream_reset(line *l)
{
    l->rx.u = l; l->rx.audio = heard; l->rx.digit = digit; rx_init(&l->rx, l->te_pt); l->rx_pos = l->tx_pos = l->off = l->acc = 0; l->due = 0; l->calm = 0;
}
static void answer(line *l, int64_t now)
{
    int64_t dur = l->txn*125LL;
    while (l->rx_pos + l->off - l->tx_pos >= l->txn) { say(l); int64_t e = now - l->due; l->due = (e < 0 || e > 1000000 ? now : l->due + e/16) + dur; }   /* due: lower envelope of the answers' times, leaks up */
}
void stream_in(line *l, const uint8_t *p, long n, int64_t now)
{
    rtp_pkt q; int64_t iv = now - l->last_rx; l->last_rx = now;
    if (rtp_parse(p, n, &q)) { l->st.odd++; return; }
    int quiet = (l->te_pt > 0 && q.pt == l->te_pt) || q.pt == RX_PT_CN, first = !l->rx.synced; int64_t dur = (q.n > 0 ? q.n : 160)*125LL;
    if (first) { l->off = l->tx_pos - l->rx_pos; l->acc = 0; }               /* what was sent before the far end spoke is nobody's debt */
    if (!rx_push(&l->rx, &q, now)) return;
    if (first) ev_flag(l->h, F_FIRST_RTP);
    if (!quiet && q.n >= 40 && l->rx.n != l->txn && l->rx.held == 0) l->txn = l->rx.n;       /* answer in the far end's packet size */
    if (!quiet && l->acc > 0 && iv < dur/4 && now < l->due - dur/2) { int64_t k = l->acc < q.n ? l->acc : q.n; l->acc -= k; l->off -= k; l->st.unshift++; }   /* an accepted delay step went back */
    int lead = l->tx_pos - l->rx_pos > l->off;
    if (quiet) ;                                             /* events and comfort noise say nothing about the path's delay */
    else if (lead && iv > dur/2) { if (++l->calm >= 5) { int64_t k = l->tx_pos - l->rx_pos; l->acc += k - l->off; l->off = k; l->calm = 0; l->st.shift++; ev_flag(l->h, F_SHIFT); } } else l->calm = 0;   /* no backlog will come: the path or the far end has become later */
    if (q.pt != RX_PT_CN) answer(l, now);                    /* comfort noise comes when it likes: the clock keeps the pace */
    stream_rtcp(l, now);
}
void stream_fallback(line *l, int64_t now)                   /* clock thread, every 5 ms */
{
    int64_t dur = l->txn*125LL; if (!l->due) l->due = now;
    if (now - l->due > 500000) l->due = now - opt_slack*1000LL - 1;                         /* the clock thread itself slept */
    while (now >= l->due + (l->rx.synced ? opt_slack*1000LL : 0)) {
        if (l->rx.synced && l->tx_pos - l->rx_pos - l->off >= CREDIT) { l->rx.synced = 0; l->st.dead++; }
        if (!l->rx.synced && l->rx.st.pkts) heard(l, NULL, l->txn, 0, RX_SILENCE);          /* far end is gone: the DSP hears silence in real time */
        l->st.fallback++; say(l); l->due += dur;
    }
    stream_rtcp(l, now);
}
