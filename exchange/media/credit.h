/* credit.h - the credit thread: sends for the lines whose far end is late or silent.
 *
 * A thread of its own, since it runs processors: a slow one must not delay the clock's listeners.
 */
#ifndef DENWA_CREDIT_H
#define DENWA_CREDIT_H

#include "state.h"

/* Starts the thread; as thread_start(). */
int credit_start(void);
void credit_stop(void);

/* line->control is held, line->lock is not. After leaving, the thread is out of the line. */
void credit_join(struct line *line);
void credit_leave(struct line *line);

#endif
