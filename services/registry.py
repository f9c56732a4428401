"""The services that are installed, by the entry point group `denwa.services`."""

from importlib.metadata import entry_points

from services.spec import ServiceSpec

GROUP = "denwa.services"


class ServiceError(Exception):
    """A service cannot be had; the text says which and why."""


def installed() -> dict[str, ServiceSpec]:
    """All installed services by name, in the order of their numbers. Raises ServiceError."""
    specs: dict[str, ServiceSpec] = {}
    for point in entry_points(group=GROUP):
        try:
            spec = point.load()
        except Exception as error:
            msg = f"service {point.name!r} ({point.value}) cannot be loaded: {error}"
            raise ServiceError(msg) from error
        if not isinstance(spec, ServiceSpec):
            msg = f"service {point.name!r} ({point.value}) is no ServiceSpec"
            raise ServiceError(msg)
        if spec.name in specs:
            msg = f"two services are named {spec.name!r}"
            raise ServiceError(msg)
        specs[spec.name] = spec
    return dict(sorted(specs.items(), key=lambda item: item[1].number))
