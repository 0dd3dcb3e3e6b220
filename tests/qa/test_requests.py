"""What programs send: every option that Python has, and nothing else."""

import pytest
from pydantic import ValidationError

from qa.cli.search_options import _OPTIONS
from qa.mcp.parameters import Ask, ListArticles
from qa.options import AskOptions, FilterOptions, RetrieveOptions, SearchOptions
from qa.requests import ArticleFilters, RetrieveRequest, SearchChoice
from qa.server.api.models import AskRequest


def test_every_door_has_every_option() -> None:
    search = set(SearchOptions.__annotations__)
    assert set(SearchChoice.model_fields) == search == set(_OPTIONS)
    assert set(ArticleFilters.model_fields) == set(FilterOptions.__annotations__) - {"roles"}
    assert set(ArticleFilters.model_fields) <= set(ListArticles.model_fields)
    assert set(RetrieveOptions.__annotations__) <= set(RetrieveRequest.model_fields)
    # A language model is the operator's to name, the language the page's.
    own = {"generator", "strict", "language"}
    for asked in (Ask, AskRequest):
        assert set(AskOptions.__annotations__) - own <= set(asked.model_fields)


def test_only_what_is_set_becomes_an_option() -> None:
    assert SearchChoice().options() == {}
    choice = SearchChoice.model_validate(
        {"sources": ["taz"], "roles": ["caption"], "recency": "30d", "diversity": 0.5, "uris": []}
    )
    assert choice.options() == {
        "sources": ["taz"], "roles": ["caption"], "recency": "30d", "diversity": 0.5,
    }  # fmt: skip
    assert choice.filters() == {"sources": ["taz"], "roles": ["caption"]}


@pytest.mark.parametrize(
    "given",
    [{"source": ["taz"]}, {"since": "gestern"}, {"since": "2024-02-30"}, {"roles": []},
     {"per_article": 0}, {"boost_dates": 1}],
)  # fmt: skip
def test_what_is_no_option_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SearchChoice.model_validate(given)
