"""Questions that a collection can answer, made of its articles' titles, names and dates.

Nothing is asked for it: an article is enough to ask what it is about, a person whom it quotes
for what they said, a topic that two titles share for its course and for what is new.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, islice, product
from threading import Lock

from corpus.article import Article
from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from corpus.errors import ArticleNotFound
from index.analysis import terms
from qa.answering.talk.catalog_words import SMALL, WORD, plain
from qa.i18n import Words
from qa.results import Answer, ArticleInfo

MOST = 3
"""How many questions are suggested."""
_LOOKED_AT = 12
"""Newest articles whose titles are compared."""
_READ = 4
"""Articles in which people are looked for."""
_LONGEST_TITLE = 90
"""Characters; a longer one makes no question that one would read."""
_LONGEST_TOPIC = 6
"""Words of a topic."""
_CAPITAL = r"[A-ZÄÖÜ][\w’'-]*"
_POSSESSIVE = re.compile(r"['’]s$")
_QUOTED = re.compile(
    rf"\b(?:sagte|said) (?P<name>{_CAPITAL}(?: {_CAPITAL}| (?:von|van|de|zu)(?= [A-ZÄÖÜ])){{1,4}})"
)
"""Who is quoted, after what they are: "sagte Bürgermeisterin Ada Quast"."""
_FORMS = ("suggest_timeline", "suggest_latest")
"""In which a story is asked for, by the kinds of answers that they get."""
_DEGREES = re.compile(r"\b(?:Dr|Prof|Mrs?|Ms)\. ")
"""What stands before names and would end one at its full stop."""
_SURNAME_PARTS = frozenset(("von", "van", "de", "zu"))


class Suggester:
    """Suggests questions to one collection."""

    def __init__(self, database: Database) -> None:
        """Take the catalog."""
        self._database = database
        self._catalog = Catalog(database)
        self._lock = Lock()
        self._newest: tuple[int, Sequence[Article]] = (-1, ())

    def suggest(
        self,
        language: str,
        after: Answer | None = None,
        near: Sequence[ArticleInfo] = (),
        *,
        most: int = MOST,
    ) -> tuple[str, ...]:
        """Return questions, of a different kind each; none where there are no articles.

        Args:
            language: of the questions.
            after: what was asked before; what it cites or lists comes first.
            near: articles that come first where it does neither.
            most: how many at most.
        """
        newest = self._find_newest()
        cited = self._read_cited(after, near) if after else []
        uris = {article.uri for article in cited}
        others = [article for article in newest if article.uri not in uris]
        # A reader of German is first offered what can be read in German.
        others.sort(key=lambda article: article.language != language)
        read = cited or list(self._read(article.uri for article in others[:_READ]))
        return choose_questions(cited, others, read, Words(language), after, most)

    def _find_newest(self) -> Sequence[Article]:
        """Return the newest articles; looked for only when something changed.

        What a question costs must not grow with the collection, and this looks at all dates.
        """
        with self._lock:
            generation = self._database.generation
            if self._newest[0] != generation:
                found = self._catalog.articles(limit=_LOOKED_AT)
                self._newest = (generation, tuple(found.values()))
            return self._newest[1]

    def _read_cited(self, answer: Answer, near: Sequence[ArticleInfo]) -> list[Article]:
        infos = [item.passage.article for item in answer.citations] or answer.articles or near
        uris = dict.fromkeys(info.uri for info in infos)
        return list(self._read(list(uris)[:_READ]))

    def _read(self, uris: Iterable[str]) -> Iterator[Article]:
        for uri in uris:
            try:
                yield self._catalog.article(uri)
            except ArticleNotFound:  # removed meanwhile
                continue


def choose_questions(
    cited: Sequence[Article],
    others: Sequence[Article],
    read: Sequence[Article],
    words: Words,
    after: Answer | None = None,
    most: int = MOST,
) -> tuple[str, ...]:
    """Return some questions, one of each kind first.

    Args:
        cited: articles to ask about.
        others: the newest ones besides; they are asked about where too few are cited.
        read: those whose texts are looked through for people.
        words: of the questions' language.
        after: what was answered before, which is not suggested again: neither in the same words
            nor, of a story, in the same form.
        most: how many at most.
    """
    known = plain(after.asked) if after else ""
    forms = [form for form in _FORMS if after is None or form != f"suggest_{after.kind}"]
    pairs = list(product(cited, [*cited, *others]) if cited else combinations(others, 2))
    people = [name for article in read for name in quoted_people(article.text)]
    kinds = (
        list(_questions_on_stories(pairs, words, forms)),
        [words.fill("suggest_quote", name=name) for name in people],
        _questions_on_titles(cited or others, words),
    )
    ranked = [some[at] for at in range(most) for some in kinds if at < len(some)]
    if cited:
        ranked += [
            words.fill(form, topic=topic) for topic in _shared_topics(pairs) for form in forms
        ]
    if not (after and after.citations):  # what an answer is not of, nobody asks about next
        ranked += _questions_on_titles(others, words)
    ranked += [words["suggest_newest"]] * bool(cited or others)
    fresh = (question for question in dict.fromkeys(ranked) if not _repeats(question, known))
    return tuple(islice(fresh, most))


def _repeats(question: str, known: str) -> bool:
    """Tell whether a question asks for what was asked, in plain letters."""
    return bool(known) and plain(question).strip("?") in known


def _questions_on_titles(articles: Sequence[Article], words: Words) -> list[str]:
    return [
        words.fill("suggest_summary", title=article.title)
        for article in articles
        if 0 < len(article.title) <= _LONGEST_TITLE
    ]


def _questions_on_stories(
    pairs: Iterable[tuple[Article, Article]], words: Words, forms: Sequence[str]
) -> Iterator[str]:
    """Yield questions on what the titles of two articles have in common, in one form or another."""
    for at, topic in enumerate(_shared_topics(pairs)):
        yield words.fill(forms[at % len(forms)], topic=topic)


def _shared_topics(pairs: Iterable[tuple[Article, Article]]) -> list[str]:
    """Return what the titles of two articles have in common, each once."""
    topics = (
        shared_topic(one.title, other.title, one.language)
        for one, other in pairs
        if one.uri != other.uri
    )
    return list(dict.fromkeys(filter(None, topics)))


def shared_topic(title: str, other: str, language: str) -> str:
    """Return what two titles of one language name in common, or "" where that is one word or none.

    >>> shared_topic("Sturm in Au: Fähre gesunken", "Fähre von Au war zu alt", "de")
    'Au Fähre'
    >>> shared_topic("Brand in Au", "Streit in Au", "de")
    ''
    >>> shared_topic("Bad Au's ferry is back", "Ferry of Bad Au sank", "en")
    'Bad Au'
    """
    held = set(terms(other, language))
    shared = [
        _POSSESSIVE.sub("", word)
        for word in WORD.findall(title)
        if word[0].isupper()
        and plain(word) not in SMALL
        and held.intersection(terms(word, language))
    ]
    return " ".join(shared) if 2 <= len(shared) <= _LONGEST_TOPIC else ""


def quoted_people(text: str) -> list[str]:
    """Return the people whom a text quotes by their full name, in order.

    >>> quoted_people("„Ja“, sagte Bürgermeisterin Ada Quast. „Nie“, sagte Otto von Au. Sagte er.")
    ['Ada Quast', 'Otto von Au']
    >>> quoted_people("„Ja“, sagte Museumsleiterin Dr. Ada Quast.")
    ['Ada Quast']
    """
    plain_text = _DEGREES.sub("", text)
    return list(dict.fromkeys(_full_name(match["name"]) for match in _QUOTED.finditer(plain_text)))


def _full_name(named: str) -> str:
    """Return the first and the last name at the end of a title and a name."""
    words = named.split()
    return " ".join(words[-3:] if words[-2] in _SURNAME_PARTS else words[-2:])
