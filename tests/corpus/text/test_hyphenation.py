"""Words divided at the end of a line are made whole; hyphens that belong to a word stay."""

from collections import Counter

import pytest

from corpus.text.hyphenation import count_words, join_lines


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["Die Leitun-", "gen"], "Die Leitungen"),
        (["Die Leitun\x02", "gen"], "Die Leitungen"),
        (["Nord-", "und Süd"], "Nord- und Süd"),
        (["Baden-", "Württemberg"], "Baden-Württemberg"),
        (["die Jahre 2019-", "2024"], "die Jahre 2019- 2024"),
        (["a well-", "known"], "a well-known"),
        (["die Holz-", "und Stahlträger"], "die Holz- und Stahlträger"),
        (["die Nord-Süd-", "Verbindung"], "die Nord-Süd-Verbindung"),
        (["im Som¬", "mer, im Bundes¬", "Haus"], "im Sommer, im BundesHaus"),
        (["er sagte -", "leise"], "er sagte - leise"),
    ],
)
def test_words_divided_at_the_end_of_a_line(lines: list[str], text: str) -> None:
    assert join_lines(lines, Counter({"well-known": 1})) == text


def test_the_text_itself_says_how_a_word_is_written() -> None:
    lines = ["Der E-Mail-Verkehr nimmt zu. Jede e-", "mail wird gelesen, jede e-mail."]
    assert join_lines(lines, count_words(lines)) == " ".join(lines).replace("e- mail", "e-mail")
