"""Text to speech: engines behind one interface, the chain to telephone sound, a cache. Nothing here is needed to serve calls."""
