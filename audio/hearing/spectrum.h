/* spectrum.h - power spectrum of the last 64 ms: 512 points, Hann window, bins of 15.6 Hz. */
#ifndef DENWA_SPECTRUM_H
#define DENWA_SPECTRUM_H

#define SPECTRUM_SAMPLES 512
#define SPECTRUM_BINS (SPECTRUM_SAMPLES / 2)
#define SPECTRUM_BIN_HZ (8000.f / SPECTRUM_SAMPLES)
#define SPECTRUM_HALF_MS 32 /* its middle lies that far before its last sample */

/* Power of each bin, so that the bins of a full-scale sine sum to +3.14 dBm0 (1 is 0 dBm0). */
void spectrum_power(const float *samples, float *power);

/* Power within 62 Hz of a frequency. */
float spectrum_around(const float *power, float hz);

/* Power and mean frequency of the strongest cluster between 312 and 2000 Hz, but for the one around bin `other` (-1: none). */
float spectrum_peak(const float *power, int other, float *hz);

#endif
