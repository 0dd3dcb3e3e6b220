"""The interface's own words, in German and English, and how it writes dates.

What an answer says about itself (a refusal, say) comes with the answer, in the
question's language. These are the words around it, in the reader's language.
"""

from collections.abc import Mapping
from datetime import date

LANGUAGES = ("de", "en")

GERMAN: Mapping[str, str] = {
    "tagline": "Antworten aus Ihren Artikeln, mit Belegen, die man prüfen kann",
    "conversation": "Gespräch",
    "question_label": "Ihre Frage",
    "question_hint": "Ihre Frage an die Artikel …",
    "new": "Neues Gespräch",
    "sources": "Quellen",
    "sources_hint": "Hier erscheinen die Absätze, auf die sich die Antworten stützen.",
    "invitation": "Was möchten Sie wissen?",
    "newest": "Zuletzt erschienen",
    "empty_title": "Diese Sammlung ist noch leer.",
    "empty_how": "Fügen Sie im Terminal Artikel hinzu: Dateien oder ganze Ordner.",
    "empty_try": "Oder die mitgelieferten Beispielartikel, zum Ausprobieren:",
    "empty_then": "Danach genügt es, hier eine Frage zu stellen. Neu zu laden ist nicht nötig.",
    "empty_status": "Noch keine Artikel",
    "loading": "Das Sprachmodell wird geladen …",
    "loading_failed": "Das Sprachmodell ließ sich nicht laden:",
    "searching": "Die Artikel werden durchsucht …",
    "searching_loading": "Das Sprachmodell wird noch geladen. Die Antwort folgt von selbst …",
    "articles_one": "1 Artikel",
    "articles_many": "{n} Artikel",
    "from_one": "aus 1 Quelle",
    "from_many": "aus {n} Quellen",
    "unembedded_one": "1 Absatz wird bisher nur wörtlich gefunden (article-qa embed)",
    "unembedded_many": "{n} Absätze werden bisher nur wörtlich gefunden (article-qa embed)",
    "span": "{first} bis {last}",
    "understood": "Verstanden als: {question}",
    "source_n": "Quelle {n}: {title}",
    "source": "Quelle",
    "nearest": "Am nächsten kommen diese Stellen:",
    "further_one": "1 weitere Fundstelle",
    "further_many": "{n} weitere Fundstellen",
    "paragraph": "Absatz {n}",
    "page": "Seite {n}",
    "section": "Abschnitt „{name}“",
    "by": "Von {names}",
    "also_in": "Auch in: {names}",
    "original": "Original bei {host} öffnen",
    "new_tab": "(neuer Tab)",
    "file": "Datei: {name}",
    "back": "Zurück zur Antwort",
    "cite": "Zitieren",
    "copy": "Kopieren",
    "plain": "Text",
    "untitled": "Ohne Titel",
    "undated": "ohne Datum",
    "turn": "Zu Ihrer Frage: {question}",
    "unanswered": "Ohne Antwort",
    "you": "Ihre Frage:",
    "problem": "Etwas ist schiefgegangen. Die Einzelheiten stehen im Protokoll des Programms. "
    "Versuchen Sie es noch einmal.",
}

ENGLISH: Mapping[str, str] = {
    "tagline": "Answers from your articles, with citations that can be checked",
    "conversation": "Conversation",
    "question_label": "Your question",
    "question_hint": "Ask the articles …",
    "new": "New conversation",
    "sources": "Sources",
    "sources_hint": "The paragraphs that the answers rest on appear here.",
    "invitation": "What would you like to know?",
    "newest": "Latest articles",
    "empty_title": "This collection is still empty.",
    "empty_how": "Add articles in the terminal: files or whole folders.",
    "empty_try": "Or the sample articles that come with the program, to try it out:",
    "empty_then": "Then just ask a question here; there is no need to reload.",
    "empty_status": "No articles yet",
    "loading": "The language model is loading …",
    "loading_failed": "The language model could not be loaded:",
    "searching": "Searching the articles …",
    "searching_loading": "The language model is still loading. The answer will follow by itself …",
    "articles_one": "1 article",
    "articles_many": "{n} articles",
    "from_one": "from 1 source",
    "from_many": "from {n} sources",
    "unembedded_one": "1 paragraph is found by its words alone so far (article-qa embed)",
    "unembedded_many": "{n} paragraphs are found by their words alone so far (article-qa embed)",
    "span": "{first} to {last}",
    "understood": "Understood as: {question}",
    "source_n": "Source {n}: {title}",
    "source": "Source",
    "nearest": "These passages come nearest:",
    "further_one": "1 further passage",
    "further_many": "{n} further passages",
    "paragraph": "Paragraph {n}",
    "page": "Page {n}",
    "section": "Section “{name}”",
    "by": "By {names}",
    "also_in": "Also in: {names}",
    "original": "Open the original at {host}",
    "new_tab": "(new tab)",
    "file": "File: {name}",
    "back": "Back to the answer",
    "cite": "Cite",
    "copy": "Copy",
    "plain": "Text",
    "untitled": "Untitled",
    "undated": "undated",
    "turn": "On your question: {question}",
    "unanswered": "Not answered",
    "you": "Your question:",
    "problem": "Something went wrong. The program's log has the details. Please try again.",
}

MONTHS = {
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "en": "January February March April May June July August September October November December",
}


class Words:
    """The words of one language: `words["sources"]`, `words.count("articles", 3)`.

    >>> Words("de").count("articles", 1), Words("en").count("articles", 1200)
    ('1 Artikel', '1,200 articles')
    """

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "en"
        self._words = GERMAN if self.language == "de" else ENGLISH

    def __getitem__(self, key: str) -> str:
        return self._words[key]

    def fill(self, key: str, **values: object) -> str:
        """Return the words with their {places} filled in."""
        return self._words[key].format(**values)

    def count(self, key: str, number: int) -> str:
        """Return "1 article" or "1,200 articles", as the language counts."""
        if number == 1:
            return self._words[f"{key}_one"]
        digits = f"{number:,}"
        return self.fill(
            f"{key}_many", n=digits.replace(",", ".") if self.language == "de" else digits
        )

    def date(self, day: date | None) -> str:
        """Return a date as the language writes it.

        >>> Words("de").date(date(2024, 10, 5)), Words("en").date(date(2024, 10, 5))
        ('5. Oktober 2024', '5 October 2024')
        """
        if day is None:
            return self["undated"]
        month = MONTHS[self.language].split()[day.month - 1]
        return f"{day.day}{'.' if self.language == 'de' else ''} {month} {day.year}"


def choose_language(chosen: str, accepted: str) -> str:
    """Return the interface's language: the one chosen here, else the browser's first known one.

    `accepted` is an Accept-Language header. What is neither German nor English gets English.

    >>> choose_language("", "fr;q=0.9, de-AT;q=0.8, en;q=0.1")
    'de'
    >>> choose_language("en", "de"), choose_language("xx", "")
    ('en', 'en')
    """
    if chosen in LANGUAGES:
        return chosen
    weighted: list[tuple[float, str]] = []
    for part in accepted.split(","):
        name, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        weighted.append((-weight, name.split("-")[0].lower()))
    ranked = sorted(weighted, key=lambda item: item[0])
    return next((name for _, name in ranked if name in LANGUAGES), "en")
