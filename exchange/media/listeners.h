/* listeners.h - the clock thread: sends broadcasts to the lines that listen, each half millisecond to some of them. */
#ifndef DENWA_LISTENERS_H
#define DENWA_LISTENERS_H

#include "state.h"

/* Starts the clock thread; as thread_start(). */
int listeners_start(void);
void listeners_stop(void);

/* line->control is held, line->lock is not. After leaving, the clock thread is out of the line. */
void listeners_join(struct line *line);
void listeners_leave(struct line *line);

/* A packet of a listener: heard for digits only. line->lock is held. 1: PJMEDIA's stream should see it too. */
int listeners_receive(struct line *line, const struct rtp_packet *packet);

#endif
