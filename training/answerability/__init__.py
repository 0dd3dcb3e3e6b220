"""Fit how sure an answer is: `python -m training.answerability --data DIR --cache DIR`.

Asks the product the questions of the sets below DIR, each over its own pool of articles:
news and turns of phrase (the fifth of their articles that no reader was trained on), near
misses of SQuAD, and XQuAD and MLQA with what answers taken away. Writes down the signals of
the passages that were read (`qa.answering.signals`), fits `qa.answering.answerability` on
them, and writes qa/answering/answerability.json. dev-news-de chooses the operating points
and nothing else. To be run again when the reader's weights or the fused score change; what
was embedded and read is kept below the cache.
"""
