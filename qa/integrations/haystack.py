"""A Haystack component that retrieves from a collection.

Haystack counts how it is used and sends that to its makers unless the environment forbids it;
importing this module first forbids it, where nothing is set.
"""

import os
from pathlib import Path
from typing import Any

from qa.collection import Collection, open_collection
from qa.integrations.shared import metadata, missing, passage_id
from qa.options import RetrieveOptions

os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")

try:
    from haystack import Document, component, default_from_dict, default_to_dict
except ImportError as exc:
    raise missing("Haystack", "haystack") from exc

__all__ = ["ArticleRetriever"]


@component
class ArticleRetriever:
    """Retrieves passages as documents, the closest first.

    Documents' `meta` has the citation and the character offsets of the passage in its article.
    """

    def __init__(
        self,
        collection: Collection | str | Path,
        top_k: int = 8,
        filters: RetrieveOptions | None = None,
    ) -> None:
        """Retrieve from a collection.

        Args:
            collection: one that is open, or the folder of one, which `warm_up` opens.
            top_k: how many passages.
            filters: those of `Collection.retrieve`, {"languages": ["de"]}; not Haystack's
                comparison trees.
        """
        self.collection = collection if isinstance(collection, Collection) else None
        self.path = str(collection.place if isinstance(collection, Collection) else collection)
        self.top_k = top_k
        self.filters: RetrieveOptions = filters.copy() if filters else {}

    def warm_up(self) -> None:
        """Open the collection where a folder was given, and load its model."""
        if self.collection is None:
            self.collection = open_collection(self.path)
        self.collection.warm_up()

    def to_dict(self) -> dict[str, Any]:
        """Return the component for a pipeline's YAML: the collection by its folder."""
        values: dict[str, Any] = default_to_dict(
            self, collection=self.path, top_k=self.top_k, filters=self.filters
        )
        return values

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "ArticleRetriever":
        """Make the component of a pipeline's YAML."""
        made: ArticleRetriever = default_from_dict(cls, data)
        return made

    @component.output_types(documents=list[Document])
    def run(
        self, query: str, top_k: int | None = None, filters: RetrieveOptions | None = None
    ) -> dict[str, list[Document]]:
        """Retrieve the passages closest to a query.

        Args:
            query: the question.
            top_k: in place of the component's.
            filters: in place of the component's.

        Raises:
            QuestionError: the question or a filter cannot be used.
        """
        if self.collection is None:
            self.warm_up()
        assert self.collection is not None
        k = self.top_k if top_k is None else top_k
        chosen = self.filters if filters is None else filters
        found = self.collection.retrieve(query, k, **chosen)
        documents = [
            Document(id=passage_id(item), content=item.text, meta=metadata(item), score=item.score)
            for item in found
        ]
        return {"documents": documents}
