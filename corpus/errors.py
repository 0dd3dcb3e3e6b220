"""Everything this project raises on purpose.

    ArticleQAError
    ├── InputError              a file, folder, address or table row that cannot be used
    │   ├── UnknownFormat       no reader knows these bytes
    │   ├── InputTooLarge       larger than the limit
    │   ├── EmptyInput          no text in it
    │   ├── AddressRefused      an address that is not fetched: not http, not public, no address
    │   ├── RobotsForbidden     the site's robots.txt asks not to fetch it
    │   └── FetchFailed         no answer, or one that is of no use; later may be better
    ├── QuestionError           a question, or an option of one, that cannot be used
    ├── ArticleNotFound         no article has this URI
    ├── RemovalNotConfirmed     a sync would remove many articles, and nobody has said yes
    ├── SettingsError           an unknown or impossible setting
    ├── ModelError              a model that is missing, damaged or not what was asked for
    └── CollectionError
        ├── CollectionNotFound  no collection at this path
        ├── CollectionNewer     written by a later version of article-qa
        ├── CollectionDamaged   the catalog itself cannot be read
        ├── CollectionLocked    another process is writing
        ├── CollectionNotWritable  the disk is full, read-only or failing
        ├── CollectionUnavailable  the server that holds it is away, or refuses the user
        └── ModelMismatch       embedded with another model

Every message names the input and the next step. Errors of other libraries are
translated where they enter, with `raise … from exc`.

A message is English; it keeps the template and the values that it was made of, by which
another language words it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Parameter = str | int | float


class ErrorText(str):
    """A message, with the template and the values that it was made of.

    >>> text = ErrorText("{what} has {count:,} pages", what="the PDF", count=1200)
    >>> text, text.template
    ('the PDF has 1,200 pages', '{what} has {count:,} pages')
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, Parameter]

    def __new__(cls, template: str, /, **values: object) -> "ErrorText":
        """Fill the values into the template; without values, it is the text as it stands."""
        return cls.restore(template.format(**values) if values else template, template, values)

    @classmethod
    def restore(cls, text: str, template: str, values: Mapping[str, object]) -> "ErrorText":
        """Return a text that was made elsewhere; the template is not filled in here."""
        made = super().__new__(cls, text)
        made.template = template
        made.values = {name: _plain(value) for name, value in values.items()}
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return ErrorText.restore, (str(self), self.template, dict(self.values))


class ArticleQAError(Exception):
    """Base of all errors that article-qa raises on purpose."""

    def __init__(self, template: str = "", /, **values: object) -> None:
        """Say what is wrong: a text, or a template with the values that it is filled with."""
        if not isinstance(template, ErrorText) or values:
            template = ErrorText(template, **values)
        self.text = template
        super().__init__(self.text)


class InputError(ArticleQAError):
    """An input that cannot be used; `str(error)` is the reason, without the input's name."""


class UnknownFormat(InputError):
    """No reader knows the format."""


class InputTooLarge(InputError):
    """The input is larger than the limit."""


class EmptyInput(InputError):
    """The input holds no text."""


class AddressRefused(InputError):
    """An address on the web that is never fetched, or only with `allow_private`."""


class RobotsForbidden(InputError):
    """The site's robots.txt asks programs not to fetch the address."""


class FetchFailed(InputError):
    """The web gave no answer, or a useless one."""

    def __init__(self, template: str, /, status: int | None = None, **values: object) -> None:
        """`status` is the HTTP status that was answered, if any."""
        super().__init__(template, **values)
        self.status = status


class QuestionError(ArticleQAError, ValueError):
    """A question, or an option given with it, that cannot be used."""


class ArticleNotFound(ArticleQAError, LookupError):
    """No article in the collection has this URI."""


class RemovalNotConfirmed(ArticleQAError):
    """A sync would remove more than a tenth of the articles; nothing was removed.

    What the inputs gave was added all the same.
    """

    def __init__(self, uris: Sequence[str], total: int, report: Any = None) -> None:
        """Name the articles.

        Args:
            uris: of the articles that would be removed.
            total: how many articles there were.
            report: what became of the inputs.
        """
        super().__init__(
            f"{len(uris):,} of {total:,} articles would be removed: their files, rows or pages are "
            f"gone ({uris[0]}{', …' if len(uris) > 1 else ''}). Nothing was removed. See that "
            "disks and folders are where they were; if the articles are to go, say so: --yes, or "
            "in Python remove_many=True"
        )
        self.uris, self.total, self.report = tuple(uris), total, report


class SettingsError(ArticleQAError, ValueError):
    """An unknown setting, or a value that it cannot take."""


class ModelError(ArticleQAError):
    """A model is missing, damaged or not what was asked for."""


class CollectionError(ArticleQAError):
    """Something is wrong with the collection as a whole."""


class CollectionNotFound(CollectionError):
    """There is no collection at this path."""


class CollectionNewer(CollectionError):
    """The collection was written by a later version of article-qa."""


class CollectionDamaged(CollectionError):
    """The catalog cannot be read."""


class CollectionLocked(CollectionError):
    """Another process is writing to the collection."""


class CollectionNotWritable(CollectionError):
    """The disk is full, read-only or failing; what was there before is whole."""


class CollectionUnavailable(CollectionError):
    """The server that holds the collection is away, or lets nobody in."""


class ModelMismatch(CollectionError):
    """The collection was embedded with another model."""


def _plain(value: object) -> Parameter:
    if isinstance(value, ArticleQAError):
        return value.text
    return value if isinstance(value, str | int | float) else str(value)
