/* processor.h - the one contract between a packet line and a signal processor: all that either knows of the other.
 *
 * A processor hears and says 8000 Hz linear PCM, 16 bit, mono. It is a table of functions (`struct dsp_ops`, constant for the
 * life of the process) and a state (one pointer). Python hands both to the line as integers, so that the line and the
 * processors may be compiled into different extension modules.
 *
 * Threads. The line calls rx, tx and poll of one state one after the other and never two at once, but not always from the same
 * thread (its receiving thread while packets come, its clock thread while none do). No call may block, allocate or take a lock
 * that Python holds for longer than a few instructions. Calls from Python into the same state may run beside them: a processor
 * guards what both touch.
 *
 * Ownership. The state that the line is given is a reference of the line's own. The line calls destroy once, from any thread,
 * when it lets go of it; no other call follows. A processor that Python still holds lives on.
 */
#ifndef DENWA_PROCESSOR_H
#define DENWA_PROCESSOR_H

#include <stdint.h>

/* Raised with every change of struct dsp_ops or of what a function promises; the line refuses another number. */
#define DSP_ABI 2

/* What happened inside a processor, as flags that stay set until poll reads them. */
enum dsp_flag {
    DSP_READ = 1,  /* bytes came: a read will give some */
    DSP_WRITE = 2, /* there is room again: a write will take some */
    DSP_DONE = 4,  /* something ended: a clip was played out, a carrier came or went; ask the processor what */
    DSP_DIGIT = 8, /* digits were heard in the signal */
    DSP_HEARD = 16 /* a tone, a voice or silence was heard in the signal */
};

struct dsp_ops {
    unsigned abi;  /* DSP_ABI of the processor's build */
    unsigned size; /* sizeof(struct dsp_ops) of the processor's build */

    /* `samples` samples came from the far end, in order and without a gap: a lost packet was concealed before. */
    void (*rx)(void *state, const int16_t *pcm, int samples);

    /* `samples` samples are due to the far end. All of them must be written; silence is zeros. */
    void (*tx)(void *state, int16_t *pcm, int samples);

    /* The DSP_* flags raised since the last poll. May be NULL: nothing ever happens. */
    unsigned (*poll)(void *state);

    /* Gives up the line's reference. */
    void (*destroy)(void *state);
};

#endif
