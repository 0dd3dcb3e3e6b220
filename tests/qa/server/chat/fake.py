"""A collection whose answers are written down here, so that a test knows every character."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from corpus.article import Article, Paragraph, Role
from corpus.errors import ArticleNotFound, ModelError, QuestionError
from index.facets import Facets
from qa.results import Answer, ArticleInfo, Citation, Passage, RecognisedDate, Sentence, Status
from qa.streaming import Checked, Event, Finished, Piece, Stage

HOSTILE = (
    "a<b and List<int>",
    "2*3*4",
    "[1]: http://evil.example",
    "[1](http://evil.example)",
    "${HOME} `id` {{7*7}}",
    "$$x$$ and $y$",
    '<img src=x onerror="document.title=1">',
    "<script>document.title='x'</script>",
    "![x](http://evil.example/a.png)",
    "# Not a heading",
    "<details open><summary>s</summary></details>",
    "&lt;b&gt; &amp; &#60;",
    "https://evil.example www.evil.example",
    "<think>hidden</think>",
    "😀 👩‍👩‍👧 e\u0301",
    "- item\n\n1. item\n\n    code",
    "```mermaid\ngraph TD\n```",
    "\\(x\\) \\[y\\] C:\\new \\u12",
)
"""Texts that must be shown as they are."""

QUOTE = "Am 12. April 2025 soll die Seilbahn wieder fahren, sagte Bürgermeisterin Jana Voss."
QUOTE_TOO = "Die Seilbahn in Bad Lauten startet nach Angaben des Betreibers erst am 3. Mai 2025."


def article(
    uri: str, title: str, blocks: Sequence[tuple[Role, str]], **metadata: object
) -> Article:
    """Return an article whose paragraphs are the blocks."""
    text, paragraphs, heading = "", [], ""
    for number, (role, words) in enumerate(blocks, start=1):
        text += "\n\n" if text else ""
        start = len(text)
        text += words
        if role is Role.HEADING:
            heading = words
        language = str(metadata.get("language", "de"))
        paragraphs.append(
            Paragraph(
                number, start, len(text), role, language, "" if role is Role.HEADING else heading
            )
        )
    return Article(uri, title, text, tuple(paragraphs), **metadata)  # type: ignore[arg-type]


CABLE_CAR = article(
    "file:///press/seilbahn.html",
    "Seilbahn in Bad Lauten soll im April wieder fahren",
    [
        (
            Role.LEAD,
            "Nach fast zwei Jahren Stillstand kehrt die Seilbahn am Lautenberg zurück. Der Umbau "
            "ist teurer geworden als geplant, doch die Stadt hält am Zeitplan fest.",
        ),
        (Role.CAPTION, "Die Talstation im Herbst. Foto: K. Brandt"),
        (Role.HEADING, "Der Zeitplan"),
        (
            Role.BODY,
            "Die neuen Kabinen wurden im Oktober geliefert. Am 12. April 2025 soll die Seilbahn "
            "wieder fahren, sagte Bürgermeisterin Jana Voss. Vorher prüft die Aufsicht die Anlage.",
        ),
        (Role.PROMO, "Lesetipp: Die schönsten Wanderungen am Lautenberg"),
        (
            Role.BODY,
            "Der Umbau kostet 8,4 Millionen Euro. Das Land übernimmt davon die Hälfte, den Rest "
            "tragen die Stadt und der Betreiber.",
        ),
        (Role.HEADING, "Die Kritik"),
        (
            Role.BODY,
            "Naturschützer bemängeln, dass die neue Trasse den Auwald berührt. Eine Klage des "
            "Vereins Bergwald wurde im Sommer abgewiesen.",
        ),
    ],
    authors=("Anna Meier", "Jonas Kühn"),
    published=date(2024, 10, 25),
    source="Lautenberger Bote",
    language="de",
    url="https://bote.example/seilbahn",
)

CABLE_CAR_TOO = article(
    "file:///press/umland.txt",
    "Umland: Seilbahn startet später",
    [
        (
            Role.BODY,
            "Die Seilbahn in Bad Lauten startet nach Angaben des Betreibers erst am 3. Mai 2025. "
            "Grund sei eine verspätete Lieferung der Seile.",
        )
    ],
    published=date(2025, 2, 3),
    source="Umland-Kurier",
    language="de",
)

LIBRARY = article(
    "file:///press/library.html",
    "Harbour library opens its night room",
    [
        (
            Role.LEAD,
            "The harbour library in Eastmere now lets readers stay until two in the morning.",
        ),
        (
            Role.BODY,
            "The night room has forty desks and opens every day except Sunday. Membership costs "
            "12 pounds a year, and students enter free of charge.",
        ),
    ],
    authors=("Priya Shah",),
    published=date(2025, 3, 14),
    source="Eastmere Courier",
    language="en",
    url="https://courier.example/library?a=1&b=2",
)


def hostile_articles() -> list[Article]:
    """Return an article of each hostile text, in its title, source, author, text and address."""
    return [
        article(
            f"javascript:alert({number})",
            f"Title {text}",
            [(Role.BODY, f"Before {text}"), (Role.BODY, f"Start {text} end.")],
            source=f"Source {text}",
            authors=(text,),
            url="javascript:alert(1)" if number % 2 else "data:text/html,<script>",
        )
        for number, text in enumerate(HOSTILE)
    ]


def passage(of: Article, number: int, rank: int = 1) -> Passage:
    """Return a paragraph as retrieval returns it."""
    paragraph = of.paragraphs[number - 1]
    return Passage(
        text=of.paragraph_text(paragraph),
        score=1.0 / rank,
        rank=rank,
        scores={"dense": 0.9, "lexical": 7.0},
        paragraph=number,
        start=paragraph.start,
        end=paragraph.end,
        heading=paragraph.heading,
        role=paragraph.role,
        page=None,
        language=paragraph.language,
        article=info(of),
        citation=f"{of.title}, {of.source}, Abs. {number}",
    )


def info(of: Article) -> ArticleInfo:
    """Return an article's metadata."""
    return ArticleInfo(
        of.uri,
        of.title,
        of.authors,
        of.published,
        source=of.source,
        language=of.language,
        url=of.url,
    )


def cite(marker: int, found: Passage, quote: str) -> Citation:
    """Return the citation of a quote in a passage."""
    start = found.start + found.text.index(quote)
    return Citation(marker, found, quote, start, start + len(quote))


def answered(question: str, short: str, cites: Sequence[Citation], language: str) -> Answer:
    """Return an answer of one sentence a citation."""
    sentences = tuple(Sentence(item.quote, (item,)) for item in cites)
    text = " ".join(f"{item.quote} [{item.marker}]" for item in cites)
    found = tuple(item.passage for item in cites)
    return Answer(question, text, short, True, "", sentences, tuple(cites), found, 0.8, language)


def refused(question: str, text: str, found: Sequence[Passage], language: str) -> Answer:
    """Return a refusal with the nearest passages."""
    return Answer(question, text, "", False, text, (), (), tuple(found), 0.1, language)


@dataclass
class FakeCollection:
    """Answers some questions from a script, quotes hostile texts, refuses everything else."""

    held: Sequence[Article] = (CABLE_CAR_TOO, LIBRARY, CABLE_CAR)
    warm_once: Path | None = None
    """The model loads until this file is there."""
    word_seconds: float = 0.2
    """So that a browser on a busy machine sees a sentence before it is checked."""
    model_missing: bool = False
    unembedded: int = 0
    histories: list[int] = field(default_factory=list)
    filters: list[dict[str, Any]] = field(default_factory=list)

    @property
    def generation(self) -> int:
        return 1

    def is_current(self) -> bool:
        return True

    def retrieve_many(
        self, questions: Sequence[str], k: int = 8, **options: Any
    ) -> list[list[Passage]]:
        return [[passage(LIBRARY, 2)] for _ in questions]

    def articles(self, **_filters: Any) -> list[ArticleInfo]:
        return [info(each) for each in self.held]

    def suggest(
        self, language: str | None = None, after: Answer | None = None, *, most: int = 3
    ) -> Sequence[str]:
        return ("What does membership of the library cost?",) if self.held else ()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def changed_since(self, moment: datetime) -> list[ArticleInfo]:
        return [info(each) for each in self.held] if moment.year < 2100 else []

    def article(self, uri: str) -> Article:
        for each in (*self.held, *hostile_articles()):
            if each.uri == uri:
                return each
        raise ArticleNotFound(uri)

    def status(self) -> Status:
        sources = {each.source: 1 for each in self.held}
        days = date(2024, 10, 25), date(2025, 3, 14)
        return Status(
            "/tmp/press & co", len(self.held), 9, 9, 9, 0, 1, "small", "", {}, sources, *days,
            self.unembedded,
        )  # fmt: skip

    def warm_up(self) -> None:
        while self.warm_once is not None and not self.warm_once.exists():
            time.sleep(0.05)
        if self.model_missing:
            raise ModelError("the folder <models/small> holds no model; name one with --model")

    def facets(self) -> Facets:
        sources = dict(Counter(each.source for each in self.held).most_common())
        languages = dict(Counter(each.language for each in self.held).most_common())
        return Facets(len(self.held), sources, languages, {}, {}, None, None, 0, 9)

    def ask_stream(
        self, question: str, history: Sequence[Any] = (), **filters: Any
    ) -> Iterator[Event]:
        yield Stage("searching")
        given = self.ask(question, history, **filters)
        yield Stage("reading")
        if "written" in question:
            yield Stage("writing")
            for sentence in given.sentences:
                for word in f"{sentence.text} [1]".split(" "):
                    yield Piece(f"{word} ")
                    time.sleep(self.word_seconds)
                yield Checked(sentence)
        yield Finished(given)

    def ask(self, question: str, history: Sequence[Any] = (), **filters: Any) -> Answer:
        self.histories.append(len(history))
        filters.pop("language", None)
        self.filters.append(filters)
        if not question.strip():
            raise QuestionError("Die Frage ist leer. Schreiben Sie, was Sie wissen möchten.")
        if len(question) > 10_000:
            raise QuestionError("Die Frage ist zu lang: höchstens 10.000 Zeichen.")
        if "sleepy" in question:
            time.sleep(1.5)
        if "Seilbahn" in question:
            return self._cable_car(question)
        if "library" in question:
            return self._library(question)
        if question == "And how much?" and history:
            return replace(
                self._library(question), about="The library", context=history[-1].question
            )
        if question.startswith("hostile "):
            return self._quote_hostile(question, int(question.split()[1]))
        if "crash" in question:
            raise RuntimeError("secret detail")
        german = "Dazu steht in den Artikeln nichts, worauf sich eine Antwort stützen ließe."
        return refused(question, german, [passage(CABLE_CAR, 6), passage(LIBRARY, 2, 2)], "de")

    def _library(self, question: str) -> Answer:
        found = passage(LIBRARY, 2)
        quote = cite(1, found, "Membership costs 12 pounds a year")
        given = answered(question, "12 pounds", [quote], "en")
        start = question.find("since March")
        if start < 0:
            return given
        named = RecognisedDate("since March", start, date(2025, 3, 1), None)
        # Another time's passage is what the filter leaves out.
        return replace(given, dates=(named,), passages=(*given.passages, passage(CABLE_CAR, 6, 2)))

    def _cable_car(self, question: str) -> Answer:
        first, second = passage(CABLE_CAR, 4), passage(CABLE_CAR_TOO, 1, 2)
        cites = [
            cite(1, first, QUOTE),
            cite(2, second, QUOTE_TOO),
        ]
        given = answered(question, "Am 12. April 2025", cites, "de")
        extra = tuple(passage(CABLE_CAR, number, 2 + number) for number in (1, 6, 8))
        return Answer(
            question, given.text, given.short, True, "", given.sentences, given.citations,
            given.passages + extra, 0.8, "de",
        )  # fmt: skip

    def _quote_hostile(self, question: str, number: int) -> Answer:
        found = passage(hostile_articles()[number], 2)
        return answered(
            question, f"It is {HOSTILE[number]}", [cite(1, found, HOSTILE[number])], "en"
        )
