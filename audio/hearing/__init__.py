"""Ears: call-progress tones, voices and silence told apart, in C."""
