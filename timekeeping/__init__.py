"""UTC against the monotonic clock: steps, leap seconds, trust in the host clock."""
