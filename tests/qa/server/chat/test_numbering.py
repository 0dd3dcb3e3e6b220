"""Sources are numbered through a conversation, in answers, digests and refusals."""

from dataclasses import replace

from qa.i18n import Words
from qa.server.chat import cards, digests
from qa.server.chat.numbering import count_numbers, shift_markers
from tests.qa.server.chat.fake import FakeCollection
from tests.qa.server.chat.test_digests import COMPARISON, TIMELINE

DE = Words("de")
COLLECTION = FakeCollection()


def test_each_kind_of_answer_takes_its_numbers() -> None:
    assert count_numbers(COLLECTION.ask("Seilbahn")) == 2
    assert count_numbers(COLLECTION.ask("library")) == 1
    assert count_numbers(COLLECTION.ask("Nichts davon")) == 2  # the nearest passages
    assert count_numbers(None) == 0


def test_an_answer_goes_on_where_the_one_before_ended() -> None:
    answer = COLLECTION.ask("Seilbahn")
    shown = digests.answer(answer, 2, DE, before=4)
    assert 'href="#s-2-5"' in shown
    assert "&#91;6&#93;" in shown
    assert "&#91;1&#93;" not in shown
    held = cards.group(answer, 2, DE, COLLECTION.article, 4)
    assert 'id="s-2-5"' in held
    assert '<span class="number">6</span>' in held
    # What is not cited has no number of its own.
    assert held.count('class="number"') == 2
    assert shift_markers(answer, 0) is answer


def test_a_refusal_goes_on_too_and_so_do_all_parts_of_a_digest() -> None:
    refused = COLLECTION.ask("Nichts davon")
    assert 'href="#s-3-8"' in digests.answer(refused, 3, DE, before=7)
    assert 'id="s-3-8"' in cards.group(refused, 3, DE, COLLECTION.article, 7)
    for given in (TIMELINE, COMPARISON):
        markers = {citation.marker for citation in shift_markers(given, 10).citations}
        assert markers == {citation.marker + 10 for citation in given.citations}
        assert 'href="#s-1-1"' not in digests.answer(given, 1, DE, before=10)


def test_a_written_digest_keeps_its_title_and_marks_its_sentences() -> None:
    written = replace(TIMELINE, kind="overview", model="tiny")
    shown = digests.answer(written, 1, DE)
    assert '<h3 class="short">' in shown
    assert shown.count('class="proof"') == len(written.sentences)
