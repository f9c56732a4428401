/* owners.c - both owners of a processor at work at once, under a sanitizer: a line's thread hears, plays, polls and drops;
 * Python's thread plays, clears, reads and drops, in either order. Prints what was accounted for; any report ends the program. */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "api.h"

enum { FRAME = 160, ROUNDS = 60, FRAMES = 200, CLIP = 100 };

struct shared {
    size_t ops;
    size_t state;
};

static void *line(void *argument)
{
    const struct shared *shared = argument;
    int16_t pcm[FRAME];
    memset(pcm, 0, sizeof pcm);
    for (int i = 0; i < FRAMES; i++) {
        drive_rx(shared->ops, shared->state, pcm, FRAME);
        drive_tx(shared->ops, shared->state, pcm, FRAME);
        drive_poll(shared->ops, shared->state);
    }
    drive_destroy(shared->ops, shared->state);
    return NULL;
}

static long speak(void)
{
    struct speech *speech = speech_new(1);
    assert(speech != NULL);
    struct shared shared = {speech_ops(), speech_share(speech)};
    pthread_t thread;
    assert(pthread_create(&thread, NULL, line, &shared) == 0);
    uint8_t codes[CLIP];
    memset(codes, 0x23, sizeof codes);
    long played = 0;
    long accounted = 0;
    int ids[8];
    char digits[8];
    for (int i = 0; i < FRAMES; i++) {
        assert(speech_play(speech, codes, CLIP, i % 2, i) == 0);
        played++;
        accounted += speech_finished(speech, ids, 8);
        if (i % 50 == 49)
            accounted += speech_clear(speech);
        speech_digits(speech, digits, 8);
    }
    assert(speech_play(speech, codes, 0, 0, 1) == -1);
    accounted += speech_clear(speech);
    for (int taken; (taken = speech_finished(speech, ids, 8)) > 0;)
        accounted += taken;
    assert(accounted == played);
    assert(speech_play(speech, codes, CLIP, 0, 1) == 0); /* left in the queue: freed by the last owner */
    speech_free(speech);
    assert(pthread_join(thread, NULL) == 0);
    return accounted;
}

int main(void)
{
    long accounted = 0;
    for (int i = 0; i < ROUNDS; i++) {
        accounted += speak();
        struct echo *echo = echo_new(i);
        struct shared shared = {echo_ops(), echo_share(echo)};
        echo_free(echo);
        line(&shared);
    }
    printf("%ld clips\n", accounted);
    return 0;
}
