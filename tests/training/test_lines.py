"""Pages made for the model of lines, and its fitting."""

import random

from corpus.structure.line_features import TextLine
from corpus.structure.line_model import LABELS, LineModel
from training.lines.fit import fit
from training.lines.pages import load_pools, make_page
from training.lines.plain import make_plain


def test_pages_have_all_labels_and_are_the_same_again() -> None:
    pools = load_pools("de")
    pages = [make_page(pools, random.Random(seed)) for seed in range(30)]
    assert {line.label for page in pages for line in page} == set(LABELS)
    assert pages[3] == make_page(pools, random.Random(3))
    assert all(line.text.strip() and "{" not in line.text for page in pages for line in page)


def test_other_texts_are_their_article() -> None:
    for language in ("de", "en"):
        pools = load_pools(language)
        texts = [make_plain(pools, random.Random(seed), [["Ein Absatz."]]) for seed in range(30)]
        labels = {line.label for text in texts for line in text}
        assert labels <= {"headline", "byline", "heading", "body"}


def test_fitting_tells_menus_from_text() -> None:
    pools = load_pools("en")
    pages = [make_page(pools, random.Random(seed)) for seed in range(24)]
    model = LineModel.read(fit(pages))
    right = lines = 0
    for page in pages[:8]:
        found = model.probabilities([TextLine(line.text, line.gap) for line in page])
        for line, shares in zip(page, found, strict=True):
            lines += 1
            right += max(shares, key=lambda label: shares[label]) == line.label
    assert right >= 0.9 * lines
