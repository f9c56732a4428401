"""`denwa call`: a telephone in the terminal."""
