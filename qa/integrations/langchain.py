"""A LangChain retriever over a collection."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from qa.collection import Collection
from qa.integrations.shared import metadata, missing, passage_id

try:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
except ImportError as exc:
    raise missing("LangChain", "langchain") from exc

__all__ = ["ArticleRetriever"]

if TYPE_CHECKING:
    from qa.options import RetrieveOptions
else:
    # `Collection.retrieve` says what cannot be used; pydantic would leave it out in silence.
    RetrieveOptions = dict[str, Any]


class ArticleRetriever(BaseRetriever):
    """Retrieves passages as documents, the closest first.

    A document's `metadata` has its citation and the character offsets of the passage in its
    article; `invoke`, `batch` and their async forms are LangChain's.

    Raises:
        QuestionError: the question or a filter cannot be used.
        ModelMismatch: the collection is embedded with another model.
    """

    collection: Collection = Field(exclude=True, repr=False)
    """Open as long as the retriever is used."""
    k: int = 8
    """How many passages."""
    filters: RetrieveOptions = Field(default_factory=RetrieveOptions)
    """Those of `Collection.retrieve`."""

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's signature
    ) -> list[Document]:
        return [
            Document(page_content=item.text, metadata=metadata(item), id=passage_id(item))
            for item in self.collection.retrieve(query, self.k, **self.filters)
        ]
