/* heard.h - what is told of a sound: read by cffi as it stands (so no preprocessor lines), and by hearing.h. */

enum heard_kind {
    HEARD_NOTHING = 0,
    HEARD_RINGBACK = 1,   /* the far end's telephone rings */
    HEARD_BUSY = 2,       /* engaged; in some countries the sound of congestion */
    HEARD_CONGESTION = 3, /* no way to the far end; in some countries the sound of busy */
    HEARD_SIT = 4,        /* special information tone (ITU-T E.180): no such number, out of order */
    HEARD_TONE = 5,       /* a steady tone of 2.7 s: dial tone, fax, a hum; a second in all of an answer tone (ITU-T V.25) */
    HEARD_VOICE = 6,      /* a sound like speech, where no tone is due */
    HEARD_TURN = 7,       /* the voice spoke for less than 2.8 s, then stopped for 0.7 s */
    HEARD_PERSON = 8,     /* a turn, 1.6 s of quiet, and a ring-back before it that stopped or 5.6 s without a tone */
    HEARD_MACHINE = 9,    /* 3 s of speech without a pause of 1.6 s, or a beep after speech */
    HEARD_SILENCE = 10,   /* nothing for 3 s, where no tone is due */
    HEARD_OVER = 11,      /* something like speech while we speak, louder than what comes back of our words */
    HEARD_BURST = 12      /* the first 0.4 s of a tone, as of a ring-back: which it is, if any, is told later */
};

struct heard {
    int kind;             /* enum heard_kind */
    long long at_samples; /* how many samples were heard when it was told */
};
