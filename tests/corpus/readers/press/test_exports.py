"""Exports of press databases in many forms: split exactly, with every field, or read in part."""

import json
from pathlib import Path

import pytest

from corpus.article import Article, Role
from corpus.errors import EmptyInput, InputError
from corpus.readers import ReadOptions, read
from tests.corpus.readers.press import invented
from tests.corpus.readers.press.invented import STORIES, Story

MADE = Path(__file__).parents[3] / "data" / "formats" / "press"


def every(data: bytes | str, name: str) -> tuple[list[Article], list[tuple[str, str]]]:
    problems: list[tuple[str, str]] = []
    options = ReadOptions(problem=lambda *told: problems.append(told))
    raw = data.encode() if isinstance(data, str) else data
    return list(read(raw, name, uri="file:///export", options=options)), problems


def texts(article: Article, *roles: Role) -> list[str]:
    return [article.paragraph_text(p) for p in article.paragraphs if p.role in roles]


def check(
    articles: list[Article], stories: tuple[Story, ...] = STORIES, *, page: bool = True
) -> None:
    assert [article.title for article in articles] == [story.title for story in stories]
    for article, story in zip(articles, stories, strict=True):
        assert texts(article, Role.LEAD, Role.BODY) == list(story.text)
        assert texts(article, Role.HEADLINE) == [story.title]
        assert (article.source, article.published) == (story.source, story.day)
        assert (article.authors, article.language) == ((story.author,), story.language)
        assert article.section in (story.section, "" if not page else story.section)
        if page:
            assert {paragraph.page for paragraph in article.paragraphs} == {story.page}
    assert len({article.uri for article in articles}) == len(stories)


TEXTS = {
    "nexis-uni.txt": "\n".join(invented.nexis_uni()),
    "nexis-counted.txt": invented.nexis_counted(),
    "factiva-codes.txt": invented.factiva_coded(),
    "factiva-codes-on-lines.txt": invented.factiva_coded(separator="\n\n"),
    "factiva.txt": invented.factiva_plain(),
    "factiva.html": invented.factiva_html(),
    "europresse.html": invented.europresse(),
    "wiso.txt": "\n\n".join(invented.genios_below()),
    "wiso.html": "<html><body>"
    + "".join(f"<p>{line}</p>" for line in invented.genios_below())
    + "</body></html>",
    "genios.txt": invented.genios_front(),
    "pmg.xml": invented.pmg_xml(),
    "proquest.txt": invented.proquest(),
}


@pytest.mark.parametrize("name", TEXTS)
def test_every_article_of_an_export(name: str) -> None:
    articles, problems = every(TEXTS[name], name)
    check(articles)
    assert problems == []


@pytest.mark.parametrize("name", sorted(path.name for path in MADE.iterdir()))
def test_exports_that_a_word_processor_wrote(name: str) -> None:
    articles, problems = every((MADE / name).read_bytes(), name)
    check(articles)
    assert problems == []


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
def test_an_export_in_other_encodings(encoding: str) -> None:
    articles, _ = every(invented.nexis_counted().encode(encoding), "a.txt")
    check(articles)


def test_an_export_of_mixed_encodings() -> None:
    first = invented.factiva_coded(STORIES[:1]).encode("utf-8")
    second = invented.factiva_coded(STORIES[1:2]).encode("cp1252")
    articles, _ = every(first.partition(b"Search Summary")[0] + second, "a.txt")
    assert [article.title for article in articles] == [story.title for story in STORIES[:2]]
    assert "Fußgänger können" in articles[0].text
    assert "„Beides zugleich" in articles[1].text


def test_keys_of_the_database_make_the_addresses() -> None:
    articles, _ = every(invented.factiva_coded(), "a.txt")
    assert articles[0].uri == f"file:///export#{invented.factiva_key(0, STORIES[0].day)}"
    (_, wiso, _), _ = every("\n\n".join(invented.genios_below()), "a.txt")
    assert wiso.url == "https://www.wiso-net.de/document/RL__20240702"


def test_covers_classification_and_rights_do_not_answer() -> None:
    for name, text in TEXTS.items():
        for article in every(text, name)[0]:
            answering = " ".join(texts(article, Role.LEAD, Role.BODY))
            for stranger in ("Search", "BRIDGES", "Bridges;", "vorbehalten", "GBI", "gcat", "Load"):
                assert stranger not in answering
            assert "BRIDGES" not in article.text


# Agencies


def test_newsml_has_its_items_and_no_pictures() -> None:
    articles, problems = every(invented.newsml(), "a.xml")
    check(articles, page=False)
    assert problems == [("article 4 “Die Ellerbrücke”", "there is no text in it")]


def test_nitf() -> None:
    articles, problems = every(invented.nitf(), "a.xml")
    check(articles, STORIES[:1])
    assert texts(articles[0], Role.CAPTION) == ["Foto: Archiv"]
    assert problems == []


def test_ninjs_as_a_list_and_as_lines() -> None:
    items = invented.ninjs()
    for data in (
        json.dumps(items),
        "\n".join(map(json.dumps, items)),
        json.dumps({"items": items}),
    ):
        check(every(data, "a.json")[0], page=False)


def test_dpa_json() -> None:
    articles, _ = every(json.dumps(invented.dpa()), "a.json")
    check(articles, STORIES[:1], page=False)
    assert (articles[0].section, texts(articles[0], Role.SOURCE)[0]) == ("Lokales", "Verkehr")


# Bad input


def cut(text: str, share: float) -> str:
    return text[: int(len(text) * share)]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("\n".join(invented.nexis_uni()), "2,150"),
        (invented.nexis_counted(), "2,150"),
        (invented.factiva_coded(), "2,150"),
        (invented.factiva_plain(), "2,150"),
        ("\n\n".join(invented.genios_below()), "2,150"),
        (invented.proquest(), "2,150"),
    ],
    ids=["nexis uni", "nexis", "factiva codes", "factiva", "wiso", "proquest"],
)  # fmt: skip
def test_a_truncated_export_is_read_up_to_its_end(text: str, mark: str) -> None:
    articles, problems = every(text[: text.index(mark)], "a.txt")
    check(articles[:2], STORIES[:2])
    assert (len(articles), articles[2].title) == (3, STORIES[2].title)
    assert [reason for _, reason in problems if "cut off" in reason]


def test_two_articles_glued_together_are_two() -> None:
    lines = invented.nexis_uni()
    lines.remove("End of Document")
    check(every("\n".join(lines), "a.txt")[0])
    coded = invented.factiva_coded()
    key = f"AN          Document {invented.factiva_key(0, STORIES[0].day)}"
    articles, _ = every(coded.replace(key, ""), "a.txt")
    check(articles)


def test_a_number_that_does_not_agree_is_told() -> None:
    articles, problems = every("\n".join(invented.nexis_uni(stated=5)), "a.txt")
    assert len(articles) == 3
    assert problems == [
        ("(number of articles)", "the export says that it holds 5 articles, and 3 are in it")
    ]
    fewer = invented.factiva_coded().replace("Results Found 3", "Results Found 4")
    assert "holds 4 articles" in every(fewer, "a.txt")[1][0][1]


def test_an_article_without_text_is_told_and_counted() -> None:
    lines = invented.nexis_uni()
    for text in STORIES[1].text:
        lines.remove(text)
    articles, problems = every("\n".join(lines), "a.txt")
    assert [article.title for article in articles] == [STORIES[0].title, STORIES[2].title]
    assert problems == [(f"article 2 “{STORIES[1].title[:60]}”", "there is no text in it")]


def test_the_list_of_documents_alone_is_refused() -> None:
    lines = invented.nexis_uni()
    cover = lines[: lines.index(STORIES[0].title)]
    with pytest.raises(EmptyInput, match="lists the documents of an export"):
        every("\n".join(cover), "a.txt")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("<newsMessage><itemSet><newsItem><contentMeta><headline>A</headline>", "a.xml"),
        ('{"urn": "a", "version_created": "2024", "body_text": ', "a.json"),
        ("<article><div class='DocPublicationName'>A</div></article>", "a.html"),
        ("{\\rtf1" + "{" * 3000, "a.rtf"),
    ],
)
def test_what_holds_nothing_is_refused(data: str, name: str) -> None:
    with pytest.raises(InputError):
        every(data, name)


def test_two_thousand_articles_in_one_file() -> None:
    many = tuple(
        Story(
            f"{STORIES[n % 3].title} ({n})", *(getattr(STORIES[n % 3], f) for f in (
                "source", "day", "page", "section", "author", "language", "text")),
        )
        for n in range(2000)
    )  # fmt: skip
    articles, problems = every("\n".join(invented.nexis_uni(many)), "a.txt")
    assert [article.title for article in articles] == [story.title for story in many]
    assert problems == []


# What is no export


@pytest.mark.parametrize(
    "text",
    [
        "Das Dokument\n\nBody\n\nEin Text über den Bau. Er hat zwei Sätze.\n\nEnde des Dokuments",
        "Quelle: Rodener Landbote\n\nDie Brücke öffnet am Montag. Das ist früher als geplant.",
        "HD ist eine Abkürzung\n\nDie Brücke öffnet am Montag. Das ist früher als geplant.",
    ],
)
def test_other_texts_stay_one_article(text: str) -> None:
    articles, problems = every(text, "a.txt")
    assert (len(articles), articles[0].uri, problems) == (1, "file:///export", [])
