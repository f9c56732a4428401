/* press.c - see press.h. */
#include "press.h"

#include "sender.h"

#define VOLUME 10        /* -10 dBm0 */
#define END_BIT 0x80
#define END_PACKETS 3
#define EVENT_SIZE 4

int press_begin(struct line *line, int code, int samples)
{
    struct press *press = &line->press;
    if (line->sender.event_type <= 0 || press->left > 0)
        return -1;
    press->code = code;
    press->left = samples;
    press->duration = 0;
    return 0;
}

static void send_packet(struct line *line, int marker, int end)
{
    const struct press *press = &line->press;
    uint8_t event[EVENT_SIZE] = {
        (uint8_t)press->code,
        (uint8_t)(VOLUME | (end ? END_BIT : 0)),
        (uint8_t)(press->duration >> 8),
        (uint8_t)press->duration,
    };
    sender_send_event(line, event, EVENT_SIZE, press->timestamp, marker);
}

int press_send(struct line *line, int n)
{
    struct press *press = &line->press;
    if (press->left <= 0)
        return 0;
    int is_first = press->duration == 0;
    if (is_first)
        press->timestamp = line->sender.timestamp;
    press->duration += n;
    press->left -= n;
    sender_pass(&line->sender, n);
    int is_last = press->left <= 0;
    for (int i = 0; i < (is_last ? END_PACKETS : 1); i++)
        send_packet(line, is_first && i == 0, is_last);
    return 1;
}
