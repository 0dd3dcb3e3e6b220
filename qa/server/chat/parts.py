"""Parts of all pages: their names in the head line, fixed words, and fields.

Imports gradio, like the pages, and like them only inside functions of other modules.
"""

from typing import Any

import gradio as gr

from qa.i18n import LANGUAGES, Words
from qa.server.chat.render import escape, tag
from qa.server.rendering import PAGES

FIXED = (
    "conversation", "language_filter", "new", "question_hint", "question_label",
    "search_conversations", "since", "source_filter", "undated",
    "until",
)  # fmt: skip
"""The keys of the words that Gradio chooses by the browser's language."""


def translations() -> gr.I18n:
    """Return the interface's fixed words in both languages."""
    return gr.I18n(**{language: _fixed_texts(Words(language)) for language in LANGUAGES})


def _fixed_texts(words: Words) -> dict[str, str]:
    found = {key: words[key] for key in FIXED}
    title = escape(words["conversations"])
    found["side_title"] = tag("h2", title)
    found["side_button"] = tag("button", title, class_="act", id="ui-side")
    # The sanitiser takes attributes that are read aloud; the script writes them from these.
    links = [
        tag("a", escape(words[key]), href=path, class_="here" if path == "/" else "")
        for path, key in PAGES
    ]
    found["navigation"] = tag("p", "".join(links))
    other, name = ("en", "English") if words.language == "de" else ("de", "Deutsch")
    hidden = tag("span", escape(words["theme"]), class_="unseen")
    theme = tag("button", hidden, class_="act", id="ui-theme", title=words["theme"])
    label = tag("span", escape(words["settings"]), class_="unseen")
    gear = tag("a", f"⚙{label}", href="/settings", title=words["settings"], class_="gear")
    found["switch"] = theme + gear + tag("a", name, href=f"/?lang={other}", lang=other)
    return found


def line(label: Any, name: str, placeholder: str) -> gr.Textbox:
    """Return a field of one line."""
    return gr.Textbox(
        label=label, elem_id=name, placeholder=placeholder, lines=1, max_lines=1, min_width=140
    )


def several(label: Any, name: str) -> gr.Dropdown:
    """Return a list to choose several names from."""
    return gr.Dropdown([], value=[], label=label, elem_id=name, multiselect=True, min_width=160)


def plain() -> dict[str, Any]:
    """Options of every Markdown component: it shows the tags made here, and nothing else."""
    return {"sanitize_html": True, "latex_delimiters": [], "container": False}
