/* owners.c - both owners of a processor at work at once, under a sanitizer: a line's thread hears, plays, polls and drops;
 * Python's thread plays, clears, reads and drops, in either order. Prints what was accounted for; any report ends the program. */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../hearing/heard.h"
#include "api.h"

enum { FRAME = 160, ROUNDS = 60, FRAMES = 200, CLIP = 100 };

struct shared {
    size_t ops;
    size_t state;
};

/* Silence, noise, and 400 Hz as loud as can be, in turn: something to hear. */
static void sound(int16_t *pcm, int frame, unsigned *random)
{
    for (int i = 0; i < FRAME; i++) {
        *random = *random * 1103515245 + 12345;
        int16_t noise = (int16_t)(*random >> 16);
        int16_t square = (frame * FRAME + i) / 10 % 2 ? 32767 : -32768;
        pcm[i] = frame % 75 < 25 ? 0 : frame % 75 < 50 ? noise : square;
    }
}

static void *line(void *argument)
{
    const struct shared *shared = argument;
    int16_t pcm[FRAME];
    unsigned random = (unsigned)shared->state;
    for (int i = 0; i < FRAMES; i++) {
        sound(pcm, i, &random);
        drive_rx(shared->ops, shared->state, pcm, FRAME - i % 3);
        drive_tx(shared->ops, shared->state, pcm, FRAME);
        drive_poll(shared->ops, shared->state);
    }
    drive_destroy(shared->ops, shared->state);
    return NULL;
}

static long speak(int listens)
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
    struct heard heard[8];
    for (int i = 0; i < FRAMES; i++) {
        assert(speech_play(speech, codes, CLIP, i % 2, i) == 0);
        played++;
        accounted += speech_finished(speech, ids, 8);
        if (i % 50 == 49)
            accounted += speech_clear(speech);
        speech_digits(speech, digits, 8);
        if (listens && i % 40 == 0)
            assert(speech_listen(speech) == 0);
        speech_heard(speech, heard, 8);
        speech_heard_lost(speech);
        if (i % 160 == 159)
            speech_stop_listening(speech);
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
        accounted += speak(i % 6 == 0);
        struct echo *echo = echo_new(i);
        struct shared shared = {echo_ops(), echo_share(echo)};
        echo_free(echo);
        line(&shared);
    }
    printf("%ld clips\n", accounted);
    return 0;
}
