"""Parts of all pages: their names in the head line, fixed words, and fields.

Imports gradio, like the pages, and like them only inside functions of other modules.
"""

from typing import Any

import gradio as gr

from qa.server.chat.render import escape, tag
from qa.server.frame import PAGES
from qa.server.page_words import PageWords
from qa.server.words import ENGLISH, GERMAN


def translations() -> gr.I18n:
    """Return the interface's fixed words in both languages."""
    spoken = {
        "en": {**ENGLISH, "switch": _switch("de", "Deutsch")},
        "de": {**GERMAN, "switch": _switch("en", "English")},
    }
    for language, words in spoken.items():
        names = PageWords(language)
        title = escape(words["conversations"])
        words["side_title"] = tag("h2", title)
        words["side_button"] = tag("button", title, class_="act", id="ui-side")
        # The sanitiser takes attributes that are read aloud; the script writes them from these.
        links = [
            tag("a", escape(names[key]), href=path, class_="here" if path == "/" else "")
            for path, key in PAGES
        ]
        words["navigation"] = tag("p", "".join(links))
    return gr.I18n(**spoken)


def _switch(language: str, name: str) -> str:
    return f'<a href="/?lang={language}" lang="{language}">{name}</a>'


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
