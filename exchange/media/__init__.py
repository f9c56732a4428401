"""The packet line in C and its Python face."""
