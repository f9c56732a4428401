"""What cannot be scheduled."""


class ScheduleError(ValueError):
    """What was written or asked for is no alarm, time, zone, recurrence or calendar; the text says why, in English.

    Attributes:
        template: the text with named places, by which it can be said in another language.
        values: what fills the places.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template.format_map(values) if values else template)
        self.template = template
        self.values = values
