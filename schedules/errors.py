"""What cannot be scheduled."""


class ScheduleError(ValueError):
    """What was written or asked for is no alarm, time, zone, recurrence or calendar; the text says why, in English."""
