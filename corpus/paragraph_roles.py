"""Roles of paragraphs that the user sets, kept by what the paragraphs say.

A number is another paragraph's once the article changes; a paragraph whose text stays keeps
its role, wherever it stands then.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from corpus.article import Article, Paragraph, Role
from corpus.errors import SettingsError

_LENGTH = 16
_ROLES = frozenset(str(role) for role in Role)


def fingerprint(text: str) -> str:
    """Return what a paragraph's role is kept under: 16 hexadecimal digits of its words' SHA-256."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:_LENGTH]


def check_roles(value: Any) -> dict[str, str]:
    """Return roles by paragraph as JSON holds them.

    Raises SettingsError where one is no role, or a paragraph no number.

    >>> check_roles({4: Role.PROMO})
    {'4': 'promo'}
    """
    pairs = value.items() if isinstance(value, Mapping) else [(value, "")]
    roles = {str(key): str(role) for key, role in pairs}
    for key, role in roles.items():
        kept = len(key) == _LENGTH and set(key) <= set("0123456789abcdef")
        if role not in _ROLES or not (kept or (key.isascii() and key.isdigit())):
            raise SettingsError(
                "roles={value!r} are no roles of numbered paragraphs; there are {roles}.",
                value=value,
                roles=", ".join(Role),
            )
    return roles


def resolve_roles(article: Article, roles: Mapping[str, str]) -> dict[str, str]:
    """Return roles by fingerprint where they are by number; what names no paragraph falls away."""
    by_number = {str(item.number): item for item in article.paragraphs}
    resolved = {}
    for key, role in roles.items():
        if len(key) == _LENGTH:
            resolved[key] = role
        elif key in by_number:
            resolved[fingerprint(article.paragraph_text(by_number[key]))] = role
    return resolved


def roles_of(article: Article, keys: Mapping[str, str]) -> dict[str, str]:
    """Return the roles that an article itself gives its paragraphs with these fingerprints."""
    own = {fingerprint(article.paragraph_text(p)): str(p.role) for p in article.paragraphs}
    return {key: own[key] for key in keys if key in own}


def with_roles(article: Article, roles: Mapping[str, str]) -> Article:
    """Return an article whose paragraphs have these roles, and the headings that follow."""
    wanted = resolve_roles(article, roles)
    paragraphs: list[Paragraph] = []
    heading = ""
    for item in article.paragraphs:
        text = article.paragraph_text(item)
        role = Role(wanted.get(fingerprint(text), item.role))
        above = "" if role in (Role.HEADING, Role.HEADLINE) else heading
        paragraphs.append(replace(item, role=role, heading=above))
        if role is Role.HEADING:
            heading = " ".join(text.split())
    return replace(article, paragraphs=tuple(paragraphs))
