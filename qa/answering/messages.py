"""What an answer says in words of its own, in the language of the question."""

from qa.i18n import Words


def message(name: str, language: str, **values: str) -> str:
    """Return a message in a language, or in English where there is none in it.

    >>> message("empty", "de")
    'Die Sammlung enthält noch keine Artikel. Fügen Sie zuerst welche hinzu.'
    """
    return Words(language).fill(f"answer_{name.replace(' ', '_')}", **values)
