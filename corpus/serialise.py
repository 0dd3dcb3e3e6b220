"""Values of known types as JSON has them, and back: checked on the way in, by pydantic.

What was kept by an earlier version may lack fields that have a default; what a later one wrote
may have more. What parses strangers' files is not believed: it answers in JSON, which cannot
carry code as a pickle can, and nothing is made of it but the type that was asked for.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")


class NotRestored(ValueError):
    """The data is no value of the type; the message says where."""


def plain(value: Any) -> Any:
    """Turn dataclasses, dates and tuples into what `json.dumps` takes; names stay."""
    # By hand: pydantic writes UTC as "Z", and those who read our JSON know "+00:00".
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def restore(kind: type[T], data: Any) -> T:
    """Return the value that `plain` turned into this data.

    Raises:
        NotRestored: the data is of another shape.

    >>> from corpus.article import Version
    >>> restore(Version, {"number": 1, "title": "A", "text": "B", "modified": "2024-10-25",
    ...     "replaced_at": "2024-10-26T00:00:00+00:00"}).modified
    datetime.date(2024, 10, 25)
    """
    from pydantic import ValidationError

    try:
        return cast(T, _adapter(cast(Any, kind)).validate_python(data))
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, (kind.__name__, *first["loc"])))
        raise NotRestored(f"{place}: {first['msg']}") from exc


@lru_cache(maxsize=64)
def _adapter(kind: Any) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
