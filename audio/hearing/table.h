/* table.h - cadences of all countries: written by `python -m audio.hearing.table` from countries.csv. */
#ifndef DENWA_HEARING_TABLE_H
#define DENWA_HEARING_TABLE_H

#include "hearing.h"

static const struct tone_row {
    int kind; /* enum heard_kind */
    int hz1, hz2; /* hz2 is 0 for one frequency */
    int parts;
    int ms[8]; /* burst, pause, burst, pause ... */
} tone_rows[] = {
    {HEARD_BUSY, 400, 0, 2, {500, 500}}, /* jp cl nz th za */
    {HEARD_RINGBACK, 400, 0, 2, {1000, 2000}}, /* jp */
    {HEARD_CONGESTION, 400, 0, 2, {500, 500}}, /* jp */
    {HEARD_RINGBACK, 425, 0, 2, {1000, 4000}}, /* bg br ch cz de dk ee fi gr id it lt mx nl no pl ru ve */
    {HEARD_BUSY, 425, 0, 2, {500, 500}}, /* be bg ch dk id it my nl no pl pt ve */
    {HEARD_CONGESTION, 425, 0, 2, {200, 200}}, /* ch dk ee fi gr it lt no pt */
    {HEARD_CONGESTION, 425, 0, 2, {250, 250}}, /* bg id mx nl sg ve */
    {HEARD_RINGBACK, 425, 0, 4, {400, 200, 400, 2000}}, /* au my nz sg uk */
    {HEARD_BUSY, 425, 0, 2, {300, 300}}, /* ee fi gr hu */
    {HEARD_BUSY, 425, 0, 2, {250, 250}}, /* br mx se */
    {HEARD_CONGESTION, 400, 0, 2, {250, 250}}, /* in nz za */
    {HEARD_BUSY, 480, 620, 2, {500, 500}}, /* ph tw us */
    {HEARD_CONGESTION, 480, 620, 2, {250, 250}}, /* ph tw us */
    {HEARD_RINGBACK, 420, 0, 2, {1000, 5000}}, /* at th */
    {HEARD_RINGBACK, 400, 0, 4, {400, 200, 400, 2000}}, /* in za */
    {HEARD_BUSY, 425, 0, 2, {350, 350}}, /* lt ru */
    {HEARD_CONGESTION, 425, 0, 2, {500, 500}}, /* my pl */
    {HEARD_RINGBACK, 425, 0, 2, {1000, 5000}}, /* pt se */
    {HEARD_BUSY, 420, 0, 2, {400, 400}}, /* at */
    {HEARD_CONGESTION, 420, 0, 2, {200, 200}}, /* at */
    {HEARD_RINGBACK, 426, 0, 4, {400, 200, 400, 2000}}, /* au */
    {HEARD_BUSY, 425, 0, 2, {375, 375}}, /* au */
    {HEARD_CONGESTION, 425, 0, 2, {375, 375}}, /* au */
    {HEARD_SIT, 425, 0, 2, {2500, 500}}, /* au */
    {HEARD_RINGBACK, 425, 0, 2, {1000, 3000}}, /* be */
    {HEARD_CONGESTION, 425, 0, 2, {167, 167}}, /* be */
    {HEARD_CONGESTION, 425, 0, 4, {250, 250, 750, 250}}, /* br */
    {HEARD_RINGBACK, 400, 0, 2, {1000, 3000}}, /* cl */
    {HEARD_CONGESTION, 400, 0, 2, {200, 200}}, /* cl */
    {HEARD_RINGBACK, 450, 0, 2, {1000, 4000}}, /* cn */
    {HEARD_BUSY, 450, 0, 2, {350, 350}}, /* cn */
    {HEARD_CONGESTION, 450, 0, 2, {700, 700}}, /* cn */
    {HEARD_SIT, 450, 0, 8, {100, 100, 100, 100, 100, 100, 400, 400}}, /* cn */
    {HEARD_BUSY, 425, 0, 2, {330, 330}}, /* cz */
    {HEARD_CONGESTION, 425, 0, 2, {165, 165}}, /* cz */
    {HEARD_BUSY, 425, 0, 2, {480, 480}}, /* de */
    {HEARD_CONGESTION, 425, 0, 2, {240, 240}}, /* de */
    {HEARD_RINGBACK, 425, 0, 2, {1500, 3000}}, /* es */
    {HEARD_BUSY, 425, 0, 2, {200, 200}}, /* es */
    {HEARD_CONGESTION, 425, 0, 6, {200, 200, 200, 200, 200, 600}}, /* es */
    {HEARD_SIT, 950, 0, 2, {330, 1000}}, /* es */
    {HEARD_RINGBACK, 440, 0, 2, {1500, 3500}}, /* fr */
    {HEARD_BUSY, 440, 0, 2, {500, 500}}, /* fr */
    {HEARD_CONGESTION, 440, 0, 2, {250, 250}}, /* fr */
    {HEARD_RINGBACK, 425, 0, 2, {1250, 3750}}, /* hu */
    {HEARD_CONGESTION, 425, 0, 2, {300, 300}}, /* hu */
    {HEARD_RINGBACK, 414, 0, 2, {1000, 3000}}, /* il */
    {HEARD_BUSY, 414, 0, 2, {500, 500}}, /* il */
    {HEARD_CONGESTION, 414, 0, 2, {250, 250}}, /* il */
    {HEARD_BUSY, 400, 0, 2, {750, 750}}, /* in */
    {HEARD_SIT, 400, 0, 8, {750, 100, 750, 100, 750, 100, 750, 400}}, /* nz */
    {HEARD_SIT, 400, 0, 8, {75, 100, 75, 100, 75, 100, 75, 400}}, /* nz */
    {HEARD_RINGBACK, 452, 0, 2, {1000, 4000}}, /* ph */
    {HEARD_CONGESTION, 425, 0, 2, {175, 175}}, /* ru */
    {HEARD_CONGESTION, 425, 0, 2, {250, 750}}, /* se */
    {HEARD_BUSY, 425, 0, 2, {750, 750}}, /* sg */
    {HEARD_CONGESTION, 400, 0, 2, {300, 300}}, /* th */
    {HEARD_RINGBACK, 460, 0, 2, {1000, 2000}}, /* tw */
    {HEARD_BUSY, 400, 0, 2, {375, 375}}, /* uk */
    {HEARD_CONGESTION, 400, 0, 4, {400, 350, 225, 525}}, /* uk */
    {HEARD_RINGBACK, 460, 0, 2, {2000, 4000}}, /* us */
    {HEARD_RINGBACK, 420, 0, 2, {2000, 4000}}, /* us-old */
    {HEARD_BUSY, 500, 0, 2, {500, 500}}, /* us-old */
    {HEARD_CONGESTION, 500, 0, 2, {250, 250}}, /* us-old */
};

#endif
