/* rtp.c - see rtp.h. */
#include "rtp.h"

#define LONGEST 65535

enum rtp_kind rtp_parse(const uint8_t *datagram, long size, struct rtp_packet *out)
{
    if (size < RTP_HEADER || size > LONGEST || datagram[0] >> 6 != 2)
        return RTP_MALFORMED;
    int payload_type = datagram[1] & 0x7F;
    if (payload_type >= 64 && payload_type <= 95)
        return RTP_IS_RTCP;

    int contributors = datagram[0] & 0x0F;
    long begin = RTP_HEADER + 4 * contributors;
    if (begin > size)
        return RTP_MALFORMED;
    int has_extension = datagram[0] & 0x10;
    if (has_extension) {
        if (begin + 4 > size)
            return RTP_MALFORMED;
        begin += 4 + 4L * rtp_get16(datagram + begin + 2);
        if (begin > size)
            return RTP_MALFORMED;
    }
    int has_padding = datagram[0] & 0x20;
    if (has_padding) {
        int padding = datagram[size - 1];
        if (padding == 0 || begin + padding > size)
            return RTP_MALFORMED;
        size -= padding;
    }

    out->payload_type = payload_type;
    out->marker = datagram[1] >> 7;
    out->sequence = (uint16_t)rtp_get16(datagram + 2);
    out->timestamp = rtp_get32(datagram + 4);
    out->ssrc = rtp_get32(datagram + 8);
    out->payload = datagram + begin;
    out->size = (int)(size - begin);
    return RTP_PACKET;
}

static void put32(uint8_t *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> (24 - 8 * i));
}

void rtp_header(uint8_t *out, int payload_type, int marker, uint16_t sequence, uint32_t timestamp, uint32_t ssrc)
{
    out[0] = 2 << 6;
    out[1] = (uint8_t)(payload_type | (marker ? 0x80 : 0));
    out[2] = (uint8_t)(sequence >> 8);
    out[3] = (uint8_t)sequence;
    put32(out + 4, timestamp);
    put32(out + 8, ssrc);
}
