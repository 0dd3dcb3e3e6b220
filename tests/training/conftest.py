"""Training is tried on the tiny encoder of the reader's tests."""

from tests.qa.reader.conftest import encoder

__all__ = ["encoder"]
