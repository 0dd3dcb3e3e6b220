"""A LlamaIndex retriever over a collection."""

from typing import Unpack

from qa.collection import Collection
from qa.integrations.shared import metadata, missing, passage_id
from qa.options import RetrieveOptions
from qa.results import Passage

try:
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import (
        NodeRelationship,
        NodeWithScore,
        QueryBundle,
        RelatedNodeInfo,
        TextNode,
    )
except ImportError as exc:
    raise missing("LlamaIndex", "llama-index") from exc

__all__ = ["ArticleRetriever"]

# What helps to read a passage; the rest of the metadata is for programs.
_FOR_PEOPLE = frozenset({"citation", "authors", "heading"})


class ArticleRetriever(BaseRetriever):
    """Retrieves passages as nodes with scores, the closest first.

    A node's `start_char_idx` and `end_char_idx` are the passage's place in its article's text,
    its source node is the article's URI, and its metadata has the citation. Larger scores are
    closer; they order passages and are no probabilities.
    """

    def __init__(
        self, collection: Collection, k: int = 8, **filters: Unpack[RetrieveOptions]
    ) -> None:
        """Retrieve k passages with the filters of `Collection.retrieve`."""
        super().__init__()
        self.collection = collection
        self.k = k
        self.filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self.collection.retrieve(query_bundle.query_str, self.k, **self.filters)
        return [NodeWithScore(node=_node(item), score=item.score) for item in found]


def _node(passage: Passage) -> TextNode:
    values = metadata(passage)
    unread = [name for name in values if name not in _FOR_PEOPLE]
    return TextNode(
        id_=passage_id(passage),
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata=values,
        excluded_llm_metadata_keys=unread,
        excluded_embed_metadata_keys=list(values),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.article.uri)},
    )
