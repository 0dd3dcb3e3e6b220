"""What a newcomer's visit brings along."""

import pytest

from qa.articles import preview_articles
from tools.visit import write_file
from tools.visit_articles import ARTICLES, QUESTIONS, STORIES


def test_it_has_sixteen_articles_and_forty_questions() -> None:
    assert (len(ARTICLES), len(QUESTIONS), len(STORIES)) == (16, 40, 2)
    assert len({write_file(article)[0] for article in ARTICLES}) == 16
    assert [wanted for _, wanted in QUESTIONS].count(None) == 1


@pytest.mark.parametrize("at", [0, 12])
def test_its_pages_are_read_as_they_are_meant(at: int) -> None:
    title, source, day, text = ARTICLES[at]
    name, page = write_file(ARTICLES[at])
    (article,) = preview_articles(text=page, name=name)
    assert (article.title, article.source, str(article.published)) == (title, source, day)
    assert text in article.text
