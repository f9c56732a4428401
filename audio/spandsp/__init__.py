"""Processors on libspandsp behind the C contract of audio/processor.h."""
