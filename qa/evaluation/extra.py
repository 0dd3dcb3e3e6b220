"""The libraries that only evaluation needs: the extra `evaluate`."""

from collections.abc import Iterator
from contextlib import contextmanager

from corpus.errors import SettingsError


@contextmanager
def name_missing_extra() -> Iterator[None]:
    """Say which extra is missing where an import fails within.

    Raises:
        SettingsError: the extra is not installed.
    """
    try:
        yield
    except ImportError as exc:
        raise SettingsError(
            f"Evaluating needs the package {exc.name}, which is not installed. "
            "Install it with: pip install 'article-qa[evaluate]'"
        ) from exc
