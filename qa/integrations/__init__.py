"""Adapters for frameworks, a module each; importing one needs its extra.

| module       | what it has                   | extra         |
|--------------|-------------------------------|---------------|
| `langchain`  | `ArticleRetriever`            | `langchain`   |
| `llamaindex` | `ArticleRetriever`            | `llama-index` |
| `haystack`   | `ArticleRetriever`, component | `haystack`    |
| `pandas`     | `to_frame`                    | `pandas`      |
"""
