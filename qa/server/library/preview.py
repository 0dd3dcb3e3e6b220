"""A pasted text before it is added: what would be its article, and what was changed of that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corpus.article import Article, Role

CORRECTED = ("title", "source", "published", "authors")
"""What the pages let correct."""
PARAGRAPHS_SHOWN = 300
"""Paragraphs of a preview whose roles can be changed."""
ROLES = tuple(role.value for role in Role)


@dataclass(frozen=True, slots=True)
class Pasted:
    """A text from a form; its first line is the title where none is given."""

    title: str
    text: str

    @classmethod
    def of(cls, form: Mapping[str, Any]) -> "Pasted":
        """Read a form."""
        return cls(str(form.get("title", "")).strip(), str(form.get("text", "")).strip())

    @property
    def name(self) -> str:
        """What a line of a job calls it."""
        return self.title or self.text.partition("\n")[0][:80]

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.txt"

    @property
    def content(self) -> bytes:
        """The bytes of its file."""
        whole = f"{self.title}\n\n{self.text}" if self.title else self.text
        return whole.encode("utf-8", "replace")


def write_metadata(article: Article) -> dict[str, str]:
    """Return an article's metadata as the fields of a form hold them."""
    return {
        "title": article.title,
        "source": article.source,
        "published": article.published.isoformat() if article.published else "",
        "authors": ", ".join(article.authors),
    }


def read_metadata(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return metadata as `Collection.edit` takes them."""
    values: dict[str, Any] = dict(typed)
    if "published" in values:
        values["published"] = values["published"] or None
    if "authors" in values:
        values["authors"] = [name.strip() for name in values["authors"].split(",") if name.strip()]
    return values


def find_changes(form: Mapping[str, Any], article: Article) -> dict[str, Any]:
    """Return what a form changes of an article, as `Collection.edit` takes it."""
    held = write_metadata(article)
    typed = {name: str(form[f"new-{name}"]).strip() for name in CORRECTED if f"new-{name}" in form}
    changes = read_metadata({name: text for name, text in typed.items() if text != held[name]})
    roles = {
        paragraph.number: Role(role)
        for paragraph in article.paragraphs[:PARAGRAPHS_SHOWN]
        if (role := str(form.get(f"role-{paragraph.number}", ""))) in ROLES
        and role != paragraph.role.value
    }
    return changes | ({"roles": roles} if roles else {})
