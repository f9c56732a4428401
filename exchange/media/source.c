/* source.c - see source.h. */
#include "source.h"

#include <string.h>

void source_expect(struct source *source, const pj_sockaddr *announced)
{
    source->is_known = 0;
    source->steady = 0;
    pj_sockaddr_cp(&source->announced, announced);
}

static int same_host(const pj_sockaddr *one, const pj_sockaddr *other)
{
    return one->addr.sa_family == other->addr.sa_family &&
           memcmp(pj_sockaddr_get_addr(one), pj_sockaddr_get_addr(other), pj_sockaddr_get_addr_len(one)) == 0;
}

static int may_replace(const struct source *source, const pj_sockaddr *from, int64_t now_us, int64_t patience_us)
{
    if (pj_sockaddr_cmp(from, &source->announced) == 0)
        return 1;
    return same_host(from, &source->known) && now_us - source->last_us > patience_us;
}

enum source_verdict source_judge(struct source *source, const pj_sockaddr *from, int64_t now_us, int64_t patience_us)
{
    const pj_sockaddr *before = source->is_known ? &source->known : &source->announced;
    int same = pj_sockaddr_cmp(from, before) == 0;
    if (source->is_known && !same && !may_replace(source, from, now_us, patience_us))
        return SOURCE_STRANGER;
    source->last_us = now_us;
    source->is_known = 1;
    if (same) {
        source->steady++;
        pj_sockaddr_cp(&source->known, from);
        return SOURCE_KNOWN;
    }
    source->steady = 0;
    pj_sockaddr_cp(&source->known, from);
    return SOURCE_MOVED;
}
