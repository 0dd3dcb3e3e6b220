"""The kinds of questions there are."""

import pytest

from corpus.errors import QuestionError
from qa.answering.kinds import check_kind


def test_an_unknown_kind_is_named_with_those_there_are() -> None:
    assert check_kind("timeline") == "timeline"
    with pytest.raises(QuestionError, match=r"kind='essay' is not possible.*summary"):
        check_kind("essay")
