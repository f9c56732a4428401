"""Which keys a configuration can have, by its models; what a misspelt one may have meant."""

import difflib
import types
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Place:
    """What may stand at a key: `names` are the keys of a table, None where any name is one.

    `is_value` says that it is neither a table nor a list.
    """

    annotation: Any
    names: tuple[str, ...] | None
    is_value: bool


def place(model: type[BaseModel], location: Iterable[str | int]) -> Place | None:
    """What may stand at these keys; None where the models know no such key."""
    annotation: Any = model
    for key in location:
        annotation = _child(annotation, key)
        if annotation is None:
            return None
    annotation = _bare(annotation)
    if _is_model(annotation):
        return Place(annotation, tuple(annotation.model_fields), is_value=False)
    return Place(annotation, None, is_value=get_origin(annotation) not in {dict, tuple, list})


def nearest(wrong: str, known: Iterable[str]) -> str | None:
    """The known name that a wrong one most resembles, if it does."""
    found = difflib.get_close_matches(wrong, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def all_keys(model: type[BaseModel], values: object) -> list[tuple[str, ...]]:
    """Every key that can be set: tables with names of their own count with the names in `values`."""
    found: list[tuple[str, ...]] = []
    _collect(model, values, (), found)
    return found


def _collect(annotation: Any, values: object, above: tuple[str, ...], found: list[tuple[str, ...]]) -> None:
    annotation = _bare(annotation)
    inside = values if isinstance(values, dict) else {}
    if above:
        found.append(above)
    if _is_model(annotation):
        for name, field in annotation.model_fields.items():
            _collect(field.annotation, inside.get(name), (*above, name), found)
    elif get_origin(annotation) is dict:
        for name, value in inside.items():
            _collect(get_args(annotation)[1], value, (*above, name), found)


def _child(annotation: Any, key: str | int) -> Any:
    annotation = _bare(annotation)
    if _is_model(annotation):
        field = annotation.model_fields.get(key)
        return field.annotation if field else None
    origin = get_origin(annotation)
    if origin is dict:
        return get_args(annotation)[1]
    return get_args(annotation)[0] if origin in {tuple, list} and isinstance(key, int) else None


def _bare(annotation: Any) -> Any:
    """The type without what is annotated to it, and without the None of an optional one."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in {Union, types.UnionType}:
        others = [choice for choice in get_args(annotation) if choice is not type(None)]
        return _bare(others[0]) if len(others) == 1 else annotation
    return annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
