/* broadcast.c - one programme for many listeners: a ring of samples by number, encoded once a law; each listener's packet is a slice.
   RTP timestamp - sample number is constant for each listener; a step of UTC changes what is said, never the numbers. */
#include "core.h"
#include "g711.h"
#define RING 131072                      /* samples, 16 s */
static uint8_t ring[2][RING]; static int64_t top; static pthread_mutex_t rm;     /* written: the RING samples below top */
void bc_init(void) { mx_init(&rm); for (int a = 0; a < 2; a++) memset(ring[a], G711_SILENCE(a), RING); }
static void put(int law, int64_t s, const uint8_t *p, int n, int fill) { for (int i = 0; i < n; i++) ring[law][(s + i) & (RING - 1)] = p ? p[i] : fill; }
int bc_write(long long s, const int16_t *p, int n)
{
    uint8_t e[2][FR]; int left = n;
    for (; left > 0; left -= FR, s += FR, p += FR) {
        int c = left < FR ? left : FR; for (int a = 0; a < 2; a++) for (int i = 0; i < c; i++) e[a][i] = g711_e(a, p[i]);
        pthread_mutex_lock(&rm);
        if (s > top - RING && s >= 0) {
            if (s > top) { int64_t g = s - top < RING ? s - top : RING; for (int a = 0; a < 2; a++) put(a, s - g, NULL, (int)g, G711_SILENCE(a)); }
            for (int a = 0; a < 2; a++) put(a, s, e[a], c, 0);
            if (s + c > top) top = s + c;
        }
        pthread_mutex_unlock(&rm);
    }
    return n;
}
static void slice(int64_t s, uint8_t out[2][FR])
{
    pthread_mutex_lock(&rm);
    for (int a = 0; a < 2; a++) { int ok = s >= top || s <= top - RING ? 0 : top - s < FR ? (int)(top - s) : FR, i = 0; for (; i < ok; i++) out[a][i] = ring[a][(s + i) & (RING - 1)]; memset(out[a] + i, G711_SILENCE(a), FR - i); }
    pthread_mutex_unlock(&rm);
}
void bc_send(int g, uint64_t s, int64_t now)                 /* clock thread, holds bcm */
{
    uint8_t pl[2][FR]; slice((int64_t)s, pl);
    for (int i = 0; i < clk_nB[g]; i++) { line *l = clk_B[g][i];
        if (!l->bc_s) { l->bc_ts0 = l->ts - (uint32_t)s; l->mark = 1; }
        else if (s != l->bc_s + FR) { l->st.bc_skip++; l->mark = 1; }
        l->ts = l->bc_ts0 + (uint32_t)s; l->bc_s = s; l->last_tx = now; send_payload(l, pl[l->tx_pt == 8], FR);
        if (now - l->last_sr > 5000000 && !pthread_mutex_trylock(&l->mx)) { stream_rtcp(l, now); pthread_mutex_unlock(&l->mx); }
    }
}
void bc_rx(line *l, pjmedia_tp_cb_param *q, int same)        /* a listener is heard only for RFC 4733 and for where to send */
{
    rtp_pkt k; l->st.bc_in++;
    if (opt_bcrx == 0 || !same || l->same_src < 12) { to_stream(l, q); if (q->rem_switch || !l->have_src) { pj_sockaddr_cp(&l->src, q->src_addr); l->have_src = 1; l->same_src = 0; } if (same) l->same_src++; else if (l->bpf) { filter_set(l, 0); l->same_src = 0; } }
    else if (opt_bcrx == 2 && !l->bpf) filter_set(l, 1);
    int r = rtp_parse(q->pkt, q->size, &k); if (r == 1) to_stream(l, q);                     /* RTCP mux */
    else if (!r && l->te_pt > 0 && k.pt == l->te_pt && k.n >= 4) { l->st.te++; if (!l->rx.te_any || l->rx.te_ts != k.ts) { l->rx.te_any = 1; l->rx.te_ts = k.ts; ev_digit(l->h, k.pl[0]); } }
}
