"""JSON back to what it was written from: frozen dataclasses, with their types.

The way back from `qa.results.plain`. What was written by an earlier version may lack fields
that have a default; what was written by a later one may have more.
"""

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast

T = TypeVar("T")


class NotRestored(ValueError):
    """The data is not what this type is written as; the message says where."""


def restored(kind: type[T], data: Any) -> T:
    """Return the dataclass that `plain` turned into this data.

    Raises:
        NotRestored: the data is of another shape.

    >>> from qa.results import ArticleInfo, plain
    >>> info = ArticleInfo("file:///a", "A", ("B",), date(2024, 10, 25))
    >>> restored(ArticleInfo, plain(info)) == info
    True
    """
    return cast(T, _restored(kind, data, kind.__name__))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _restored(kind: Any, data: Any, where: str) -> Any:
    if kind is Any:
        return data
    origin = typing.get_origin(kind)
    if origin in (Union, types.UnionType):
        return _one_of(typing.get_args(kind), data, where)
    if origin is tuple:
        return _tuple(typing.get_args(kind), data, where)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(typing.get_args(kind), data, where)
    if is_dataclass(kind):
        return _dataclass(cast(type, kind), data, where)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _made(kind, data, where)
    if kind is date:
        return _made(date.fromisoformat, data, where)
    if kind is float and type(data) is int:
        return float(data)
    if kind is types.NoneType and data is None:
        return None
    if isinstance(kind, type) and type(data) is kind:
        return data
    raise NotRestored(f"{where}: {data!r} is no {kind}"[:200])


def _dataclass(kind: type, data: Any, where: str) -> Any:
    if not isinstance(data, Mapping):
        raise NotRestored(f"{where}: {data!r} is no {kind.__name__}"[:200])
    hints = _hints(kind)
    given = {
        item.name: _restored(hints[item.name], data[item.name], f"{where}.{item.name}")
        for item in fields(kind)
        if item.name in data
    }
    return _made(lambda _: kind(**given), data, where)


def _made(make: Any, data: Any, where: str) -> Any:
    try:
        return make(data)
    except (TypeError, ValueError) as exc:
        raise NotRestored(f"{where}: {exc}") from exc


def _one_of(kinds: tuple[Any, ...], data: Any, where: str) -> Any:
    if data is None and types.NoneType in kinds:
        return None
    problems = []
    for kind in kinds:
        try:
            return _restored(kind, data, where)
        except NotRestored as exc:
            problems.append(str(exc))
    raise NotRestored("; ".join(problems))


def _tuple(kinds: tuple[Any, ...], data: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        raise NotRestored(f"{where}: {data!r} is no list"[:200])
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(data)
    if len(kinds) != len(data):
        raise NotRestored(f"{where}: {len(data)} items instead of {len(kinds)}")
    pairs = enumerate(zip(kinds, data, strict=True))
    return tuple(_restored(kind, item, f"{where}[{at}]") for at, (kind, item) in pairs)


def _mapping(kinds: tuple[Any, ...], data: Any, where: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise NotRestored(f"{where}: {data!r} is no object"[:200])
    kind = kinds[1] if len(kinds) == 2 else Any
    return {str(key): _restored(kind, item, f"{where}.{key}") for key, item in data.items()}
