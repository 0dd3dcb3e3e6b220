"""Values of known types as JSON and back, checked on the way in.

What parses strangers' files is not believed: it answers in JSON, which cannot carry code as
a pickle can, and nothing is made of it but the type that was asked for.
"""

import dataclasses
import types
from collections.abc import Callable, Iterable
from datetime import date
from enum import Enum
from functools import lru_cache, partial
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

__all__ = ["BadValue", "from_wire", "to_wire"]

T = TypeVar("T")


class BadValue(ValueError):
    """JSON that is no value of the type."""


def to_wire(value: Any) -> Any:
    """Return a value as JSON has it: a dataclass as the list of its fields, a date as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [to_wire(getattr(value, field.name)) for field in dataclasses.fields(value)]
    if isinstance(value, tuple):
        return [to_wire(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def from_wire(kind: type[T], value: Any) -> T:
    """Return the value of a type that JSON holds.

    Types are texts, numbers, truths, dates, enumerations, tuples of one type, dataclasses
    of these, and None beside any.

    Raises BadValue where it holds something else.
    """
    maker: Callable[[Any], T] = _maker(kind)  # type: ignore[arg-type]  # types are hashable
    return maker(value)


@lru_cache(maxsize=256)
def _maker(kind: Any) -> Callable[[Any], Any]:
    """Return what makes a value of a type of its JSON."""
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        inner = [_maker(hints[field.name]) for field in dataclasses.fields(kind)]
        return partial(_dataclass, kind, inner)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        (other,) = [part for part in parts if part is not type(None)]
        return partial(_optional, _maker(other))
    if origin is tuple:
        return partial(_tuple, _maker(parts[0]))
    if issubclass(kind, date):
        return partial(_text, kind.fromisoformat)
    return partial(_text, kind) if issubclass(kind, Enum) else partial(_plain, kind)


def _dataclass(kind: Any, inner: list[Callable[[Any], Any]], value: Any) -> Any:
    if not isinstance(value, list) or len(value) != len(inner):
        raise BadValue(f"this is no {kind.__name__}")
    return kind(*(make(item) for make, item in zip(inner, value, strict=True)))


def _optional(make: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else make(value)


def _tuple(make: Callable[[Any], Any], value: Any) -> Any:
    if not isinstance(value, list):
        raise BadValue("this is no list")
    items: Iterable[Any] = (make(item) for item in value)
    return tuple(items)


def _text(make: Callable[[str], Any], value: Any) -> Any:
    if not isinstance(value, str):
        raise BadValue("this is no text")
    try:
        return make(value)
    except ValueError as exc:
        raise BadValue(str(exc)) from exc


def _plain(kind: type, value: Any) -> Any:
    # Exactly: True is an int to isinstance.
    if type(value) is not kind:
        raise BadValue(f"this is no {kind.__name__}")
    return value
