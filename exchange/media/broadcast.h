/* broadcast.h - one programme for many listeners: a ring of samples by number, encoded once a law.
 *
 * A listener's packet is a slice of it. Rings are written by Python and read by the clock thread; each has its own lock,
 * held for one packet's copying at most. The functions for Python are in line.h. No PJSIP here.
 */
#ifndef DENWA_BROADCAST_H
#define DENWA_BROADCAST_H

#define BROADCAST_NONE (-1)
#define BROADCAST_LONGEST_LEAD 1600 /* samples */

#endif
