"""The interface's own words, in German and English, and how it writes dates.

What an answer says about itself (a refusal, say) comes with the answer, in the
question's language. These are the words around it, in the reader's language.
"""

from collections.abc import Mapping
from datetime import date

from qa.server.reasons import in_german

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
    "empty_how": "Fügen Sie Artikel hinzu, oder probieren Sie es mit den Beispielartikeln aus.",
    "empty_add": "Artikel hinzufügen",
    "empty_samples": "Beispielartikel laden",
    "empty_terminal": "Ganze Ordner nimmt auch das Terminal:",
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
    "whole": "Ganzen Artikel lesen",
    "before": "Absatz davor",
    "after": "Absatz danach",
    "back": "Zurück zur Antwort",
    "cite": "Zitieren",
    "copy": "Kopieren",
    "plain": "Text",
    "untitled": "Ohne Titel",
    "undated": "ohne Datum",
    "turn": "Zu Ihrer Frage: {question}",
    "nav_chat": "Chat",
    "conversations": "Gespräche",
    "search_conversations": "Gespräche durchsuchen",
    "none_yet": "Noch keine Gespräche. Jede Frage beginnt eines.",
    "none_found": "Kein Gespräch enthält diese Wörter.",
    "rename": "Umbenennen",
    "delete": "Löschen",
    "really_delete": "Wirklich löschen?",
    "export": "Exportieren",
    "filters": "Filter",
    "since": "Erschienen ab",
    "until": "Erschienen bis",
    "source_filter": "Quelle",
    "language_filter": "Sprache",
    "since_day": "ab {day}",
    "until_day": "bis {day}",
    "only": "Nur: {what}",
    "take_away": "Entfernen:",
    "editing": "Frage {n} wird ersetzt",
    "unsaved": "Gespräche werden nicht gespeichert:",
    "edit": "Bearbeiten",
    "again": "Noch einmal fragen",
    "stop": "Anhalten",
    "stopped": "Angehalten.",
    "interrupted": "Das Programm wurde neu gestartet, bevor die Antwort fertig war.",
    "helpful": "Hilfreich",
    "unhelpful": "Nicht hilfreich",
    "note": "Anmerkung",
    "note_hint": "Was hat gefehlt oder war falsch?",
    "save": "Speichern",
    "was_it": "War das hilfreich?",
    "change": "Ändern",
    "literal": "Wörtlich fragen",
    "refused": "Keine belegte Antwort",
    "correction": "Korrektur",
    "chance": "Geschätzte Wahrscheinlichkeit, dass die Antwort stimmt: {percent}\xa0%",
    "confidence_high": "Gut belegt",
    "confidence_fair": "Wahrscheinlich richtig, am Zitat zu prüfen",
    "confidence_low": "Unsicher, bitte am Zitat prüfen",
    "try_nothing_near": "Fragen Sie mit anderen Wörtern, oder fügen Sie Artikel zu diesem Thema "
    "hinzu.",
    "try_not_said": "Lesen Sie die nächsten Stellen, oder fragen Sie nach dem, was dort steht.",
    "try_other_language": "Fragen Sie in der Sprache der Artikel, oder lesen Sie die nächsten "
    "Stellen.",
    "try_filtered": "Nehmen Sie über dem Eingabefeld Filter weg, und fragen Sie noch einmal.",
    "try_empty": "Fügen Sie zuerst Artikel hinzu.",
    "try_wordless": "Schreiben Sie, was Sie wissen wollen.",
    "unsupported": "durch die Quellen nicht gedeckt",
    "only_time": "Nur Artikel dieser Zeit: „{time}“",
    "written_by": "Formuliert von {model}; jeder Satz wurde an seinen Quellen geprüft.",
    "suggestions": "Das könnten Sie als Nächstes fragen",
    "suggest_section": "Was steht unter „{heading}“ in „{title}“?",
    "gone": "Dieser Artikel ist nicht mehr in der Sammlung. Das Zitat ist so erhalten, wie es in "
    "der Antwort stand.",
    "altered": "Dieser Artikel wurde seit der Antwort geändert. Das Zitat zeigt den damaligen "
    "Wortlaut.",
    "stage_searching": "Die Artikel werden durchsucht …",
    "stage_reading": "Die besten Stellen werden gelesen …",
    "stage_writing": "Die Antwort wird geschrieben …",
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
    "empty_how": "Add articles, or try it with the sample articles.",
    "empty_add": "Add articles",
    "empty_samples": "Load the samples",
    "empty_terminal": "Whole folders can be added in the terminal too:",
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
    "whole": "Read the whole article",
    "before": "Paragraph before",
    "after": "Paragraph after",
    "back": "Back to the answer",
    "cite": "Cite",
    "copy": "Copy",
    "plain": "Text",
    "untitled": "Untitled",
    "undated": "undated",
    "turn": "On your question: {question}",
    "nav_chat": "Chat",
    "conversations": "Conversations",
    "search_conversations": "Search conversations",
    "none_yet": "No conversations yet. Every question begins one.",
    "none_found": "No conversation has these words.",
    "rename": "Rename",
    "delete": "Delete",
    "really_delete": "Really delete?",
    "export": "Export",
    "filters": "Filters",
    "since": "Published since",
    "until": "Published until",
    "source_filter": "Source",
    "language_filter": "Language",
    "since_day": "since {day}",
    "until_day": "until {day}",
    "only": "Only: {what}",
    "take_away": "Remove:",
    "editing": "Replacing question {n}",
    "unsaved": "Conversations are not being kept:",
    "edit": "Edit",
    "again": "Ask again",
    "stop": "Stop",
    "stopped": "Stopped.",
    "interrupted": "The program was restarted before the answer was ready.",
    "helpful": "Helpful",
    "unhelpful": "Not helpful",
    "note": "Note",
    "note_hint": "What was missing or wrong?",
    "save": "Save",
    "was_it": "Was this helpful?",
    "change": "Change",
    "literal": "Ask as typed",
    "refused": "No supported answer",
    "correction": "Correction",
    "chance": "Estimated chance that the answer is right: {percent}%",
    "confidence_high": "Well supported",
    "confidence_fair": "Probably right; check the quote",
    "confidence_low": "Uncertain; please check the quote",
    "try_nothing_near": "Ask in other words, or add articles about this.",
    "try_not_said": "Read the nearest passages, or ask about what they say.",
    "try_other_language": "Ask in the articles' language, or read the nearest passages.",
    "try_filtered": "Take filters away above the question field, and ask again.",
    "try_empty": "Add articles first.",
    "try_wordless": "Write what you want to know.",
    "unsupported": "not supported by the sources",
    "only_time": "Only articles of that time: “{time}”",
    "written_by": "Worded by {model}; each sentence was checked against its sources.",
    "suggestions": "You could ask next",
    "suggest_section": "What does “{title}” say under “{heading}”?",
    "gone": "This article is no longer in the collection. The quote is kept as it stood in the "
    "answer.",
    "altered": "This article was changed since the answer. The quote shows the wording of that "
    "time.",
    "stage_searching": "Searching the articles …",
    "stage_reading": "Reading the best passages …",
    "stage_writing": "Writing the answer …",
    "unanswered": "Not answered",
    "you": "Your question:",
    "problem": "Something went wrong. The program's log has the details. Please try again.",
}

LANGUAGE_NAMES = {
    "de": {"de": "Deutsch", "en": "German"},
    "en": {"de": "Englisch", "en": "English"},
    "es": {"de": "Spanisch", "en": "Spanish"},
    "fr": {"de": "Französisch", "en": "French"},
    "it": {"de": "Italienisch", "en": "Italian"},
    "nl": {"de": "Niederländisch", "en": "Dutch"},
    "pl": {"de": "Polnisch", "en": "Polish"},
    "pt": {"de": "Portugiesisch", "en": "Portuguese"},
    "ru": {"de": "Russisch", "en": "Russian"},
    "tr": {"de": "Türkisch", "en": "Turkish"},
    "uk": {"de": "Ukrainisch", "en": "Ukrainian"},
    "zh": {"de": "Chinesisch", "en": "Chinese"},
    "ar": {"de": "Arabisch", "en": "Arabic"},
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

    def reason(self, reason: str) -> str:
        """Return what an error says; the packages below speak English.

        >>> Words("de").reason("the file is empty"), Words("en").reason("the file is empty")
        ('die Datei ist leer', 'the file is empty')
        """
        return in_german(reason) if self.language == "de" else reason

    def language_name(self, code: str) -> str:
        """Return a language's name, or its code where it has none here."""
        return LANGUAGE_NAMES.get(code, {}).get(self.language, code)

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
