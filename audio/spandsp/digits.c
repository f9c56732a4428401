/* digits.c - DTMF by spandsp's detector (ITU-T Q.24), kept until Python reads it. */
#include <string.h>

#include "digits.h"
#include "owned.h"

/* Which level difference between a digit's two tones is accepted, dB. Loops attenuate the high tone (spandsp's "normal" twist, 8
 * by default); telephones that compensate for a long loop make it the louder on a short one ("reverse" twist, 4 by default).
 * -8 to +6 dB are wanted; the limits are 2 dB wider since the detector's short windows measure that inexactly. In 40 minutes of
 * synthetic speech at three levels, neither these nor wider limits gave a false digit. */
#define NORMAL_TWIST_DB 10
#define REVERSE_TWIST_DB 8
#define THRESHOLD_UNCHANGED -99

/* spandsp's callback, inside digits_rx. */
static void heard(void *user, const char *found, int count)
{
    struct digits *digits = user;
    pthread_mutex_lock(&digits->lock);
    for (int i = 0; i < count && digits->count < DIGITS_KEPT; i++)
        digits->heard[digits->count++] = found[i];
    pthread_mutex_unlock(&digits->lock);
    owned_raise(digits->owner, DSP_DIGIT);
}

int digits_init(struct digits *digits, void *owner)
{
    owned_mutex(&digits->lock);
    digits->owner = owner;
    digits->count = 0;
    digits->detector = dtmf_rx_init(NULL, heard, digits);
    if (digits->detector == NULL)
        return -1;
    dtmf_rx_parms(digits->detector, 0, NORMAL_TWIST_DB, REVERSE_TWIST_DB, THRESHOLD_UNCHANGED);
    return 0;
}

void digits_rx(struct digits *digits, const int16_t *pcm, int samples)
{
    dtmf_rx(digits->detector, pcm, samples);
}

int digits_take(struct digits *digits, char *taken, int most)
{
    pthread_mutex_lock(&digits->lock);
    int count = digits->count < most ? digits->count : most;
    memcpy(taken, digits->heard, (size_t)count);
    digits->count -= count;
    memmove(digits->heard, digits->heard + count, (size_t)digits->count);
    pthread_mutex_unlock(&digits->lock);
    return count;
}

void digits_end(struct digits *digits)
{
    if (digits->detector != NULL)
        dtmf_rx_free(digits->detector);
    pthread_mutex_destroy(&digits->lock);
}
