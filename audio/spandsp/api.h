/* api.h - what Python may call: read by cffi as it stands (so no preprocessor lines) and by each C file, which it keeps honest.
 *
 * For each processor X: X_new() makes a state that Python owns; X_ops() and X_share() are the two integers for the line, the
 * second one with a reference of the line's own; X_free() gives up Python's reference.
 */

/* speech.c: plays clips, hears digits, and tones and voices when asked. */
struct speech;
struct heard;
struct speech *speech_new(int detect_digits);
size_t speech_ops(void);
size_t speech_share(struct speech *speech);
void speech_free(struct speech *speech);

/* Puts a clip at the end of the queue, copying its `samples` octets of G.711 (alaw 0: mu-law). -1: no memory, or no samples. */
int speech_play(struct speech *speech, const uint8_t *g711, int samples, int alaw, int id);

/* Drops the clip that plays and all that wait; they are not reported as finished. Returns how many. */
int speech_clear(struct speech *speech);

/* Takes up to `most` ids of clips played to their end, oldest first. Returns how many. */
int speech_finished(struct speech *speech, int *ids, int most);

/* Takes up to `most` digits heard, oldest first. Returns how many. */
int speech_digits(struct speech *speech, char *digits, int most);

/* Begins to hear tones and voices, from nothing. -1: no memory. */
int speech_listen(struct speech *speech);

/* Hears them no more; what was not taken is gone. */
void speech_stop_listening(struct speech *speech);

/* Takes up to `most` of what was heard, oldest first. Returns how many. */
int speech_heard(struct speech *speech, struct heard *heard, int most);

/* How many were heard since speech_listen and found no room. */
unsigned speech_heard_lost(struct speech *speech);

/* echo.c: says what it hears, hears digits. */
struct echo;
struct echo *echo_new(int delay_samples);
size_t echo_ops(void);
size_t echo_share(struct echo *echo);
void echo_free(struct echo *echo);

/* As speech_digits. */
int echo_digits(struct echo *echo, char *digits, int most);

/* handset.c: a telephone's ear and mouth in Python's hands. */
struct handset;
struct handset_arrival {
    long long first_sample; /* number of the first sample that came then, from 0 */
    long long monotonic_ns; /* CLOCK_MONOTONIC of its coming */
};
struct handset *handset_new(void);
size_t handset_ops(void);
size_t handset_share(struct handset *handset);
void handset_free(struct handset *handset);

/* Takes up to `most` samples heard, oldest first, and the number of the first one. Returns how many. */
int handset_read(struct handset *handset, int16_t *pcm, int most, long long *first_sample);

/* Puts samples behind those that wait to be said (room for 8 s). Returns how many found room. */
int handset_write(struct handset *handset, const int16_t *pcm, int samples);

/* Takes up to `most` notes of when samples came, oldest first. Returns how many. */
int handset_arrivals(struct handset *handset, struct handset_arrival *arrivals, int most);

/* drive.c: calls a processor as a line does. */
int drive_abi(size_t ops);
void drive_rx(size_t ops, size_t state, const int16_t *pcm, int samples);
void drive_tx(size_t ops, size_t state, int16_t *pcm, int samples);
unsigned drive_poll(size_t ops, size_t state);
void drive_destroy(size_t ops, size_t state);
