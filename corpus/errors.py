"""Everything this project raises on purpose.

    ArticleQAError
    ├── InputError              a file, folder, address or table row that cannot be used
    │   ├── UnknownFormat       no reader knows these bytes
    │   ├── InputTooLarge       larger than the limit
    │   └── EmptyInput          no text in it
    ├── QuestionError           a question, or an option of one, that cannot be used
    ├── ArticleNotFound         no article has this URI
    ├── SettingsError           an unknown or impossible setting
    ├── ModelError              a model that is missing, damaged or not what was asked for
    └── CollectionError
        ├── CollectionNotFound  no collection at this path
        ├── CollectionNewer     written by a later version of article-qa
        ├── CollectionDamaged   the catalog itself cannot be read
        ├── CollectionLocked    another process is writing
        └── ModelMismatch       embedded with another model

Every message names the input and the next step. Errors of other libraries are
translated where they enter, with `raise … from exc`.
"""


class ArticleQAError(Exception):
    """Base of all errors that article-qa raises on purpose."""


class InputError(ArticleQAError):
    """An input that cannot be used; `str(error)` is the reason, without the input's name."""


class UnknownFormat(InputError):
    """No reader knows the format."""


class InputTooLarge(InputError):
    """The input is larger than the limit."""


class EmptyInput(InputError):
    """The input holds no text."""


class QuestionError(ArticleQAError, ValueError):
    """A question, or an option given with it, that cannot be used."""


class ArticleNotFound(ArticleQAError, LookupError):
    """No article in the collection has this URI."""


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


class ModelMismatch(CollectionError):
    """The collection was embedded with another model."""
