/* lines.h - the registry: a handle's line. */
#ifndef DENWA_LINES_H
#define DENWA_LINES_H

#include "state.h"

/* Gives the line a handle; 0 when there is none left. */
int lines_add(struct line *line);

/* The handle is of no line from now on. */
void lines_remove(struct line *line);

#endif
