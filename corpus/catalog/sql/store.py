"""What the catalog asks of the engine that keeps it: a SQLite file, or a schema of PostgreSQL.

One text of SQL runs on both. A value is a question mark (`?1` where it is named twice); rows are
replaced by `ON CONFLICT`, or deleted and inserted where triggers follow them; `folded`, `instr`
and `json_each` of a list of texts are there on both.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from corpus.catalog.sql.address import ServerAddress

Result = TypeVar("Result")


class _OverStore(Protocol):
    _database: Any


_Self = TypeVar("_Self", bound=_OverStore)
_Values = ParamSpec("_Values")


def with_retry(
    method: Callable[Concatenate[_Self, _Values], Result],
) -> Callable[Concatenate[_Self, _Values], Result]:
    """Have a method that is one transaction done again where another writer was in its way."""

    @wraps(method)
    def again(self: _Self, /, *args: _Values.args, **kwargs: _Values.kwargs) -> Result:
        work: Callable[[], Result] = partial(method, self, *args, **kwargs)
        found: Result = self._database.retry(work)
        return found

    return again


class SqlRow(Protocol):
    """A row, by the names of its columns or by their places."""

    def __getitem__(self, key: Any, /) -> Any: ...

    def __iter__(self) -> Iterator[Any]: ...


class SqlStore(ABC):
    """One connection that several threads share, with its transactions."""

    hashes_rows: bool
    """Whether rows carry hashes of ours; else the server keeps checksums of its pages."""

    server: ServerAddress | None = None
    """Where it is, if that is no file."""
    one_writer = True
    """Whether a lock beside the file lets one process write at a time."""
    for_update = ""
    """Ends a SELECT whose rows are about to be changed: other writers wait for them."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection; nothing can be read afterwards."""

    @abstractmethod
    def transaction(self, *, write: bool = True) -> AbstractContextManager[None]:
        """Commit what the block writes, all of it or, when it raises, nothing.

        With `write=False` the block reads one state, whatever others commit. Inside another
        transaction it is part of that one.
        """

    @abstractmethod
    def one(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """Return the first row, or None."""

    @abstractmethod
    def all(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return all rows, each a `SqlRow`."""

    @abstractmethod
    def by_ids(self, select: str, ids: Iterable[int], values: Sequence[Any] = ()) -> Iterator[Any]:
        """Run a statement that ends in "IN" over many ids."""

    @abstractmethod
    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run a statement that writes, inside `transaction`; return how many rows it met."""

    @abstractmethod
    def insert(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Insert a row inside `transaction`; return the `id` that it was given."""

    @abstractmethod
    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement that writes once for each row, inside `transaction`."""

    def now(self) -> datetime:
        """Return the time that all who write here go by."""
        return datetime.now(UTC)

    def retry(self, work: Callable[[], Result]) -> Result:
        """Do what is one transaction, and again where another writer was in its way.

        Where there is one writer at a time, once is enough.
        """
        return work()

    def lock(self, name: bytes) -> None:  # noqa: B027 - one writer at a time has it by itself
        """Hold a name until the transaction ends, after all who hold it."""

    @abstractmethod
    def last_number(self, table: str) -> int:
        """Return the last number that a table has given to a row, which may be gone."""

    def follow_numbers(self, table: str) -> None:  # noqa: B027 - SQLite's tables do by themselves
        """Have a table whose rows were given ids by hand go on after the largest."""

    @abstractmethod
    def mismatch_sql(self, table: str) -> str:
        """Return an SQL condition that holds for the damaged rows of a table."""

    @abstractmethod
    def bytes_sql(self, column: str) -> str:
        """Return SQL for the bytes of a text, which may be none any more."""

    @abstractmethod
    def overwrite_deleted(self, patience_s: float = 0.0) -> bool:
        """Leave no bytes of what was deleted; False where another process still reads them."""
