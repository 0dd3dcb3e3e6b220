"""Is the right paragraph found? Metrics of trec_eval, through pytrec_eval."""

from collections.abc import Sequence

from qa.evaluation.extra import name_missing_extra
from qa.evaluation.results import RetrievalQuality
from qa.evaluation.statistics import measure

CUTOFFS = (1, 5, 10)


def retrieval_quality(ranks: Sequence[int], k: int) -> RetrievalQuality:
    """Measure retrieval over questions.

    Args:
        ranks: place of the first right passage for each question, from 1; 0 where it is not
            among the k.
        k: how many passages were retrieved.

    Each question counts as having one right passage: several paragraphs that are labelled
    right are one, at the best one's place. So recall@k is the share of questions that have it
    among the first k, MRR the mean of 1 / rank, nDCG the mean of 1 / log2(1 + rank).
    """
    with name_missing_extra():
        from pytrec_eval import RelevanceEvaluator

    cutoffs = sorted({cutoff for cutoff in CUTOFFS if cutoff <= k} | {k})
    names = {f"recall_{cutoff}": f"recall@{cutoff}" for cutoff in cutoffs}
    names |= {"recip_rank": f"mrr@{k}", f"ndcg_cut_{k}": f"ndcg@{k}"}
    recall = "recall." + ",".join(map(str, cutoffs))
    relevant = {str(at): {"right": 1} for at in range(len(ranks))}
    evaluator = RelevanceEvaluator(relevant, {recall, "recip_rank", f"ndcg_cut.{k}"})
    # trec_eval orders by score, so each passage gets one that falls with its rank.
    run = {
        str(at): {"right" if n == rank else f"other {n}": 1.0 / n for n in range(1, k + 1)}
        for at, rank in enumerate(ranks)
    }
    each = evaluator.evaluate(run) if ranks else {}
    return RetrievalQuality(
        len(ranks),
        {
            ours: measure([values[theirs] for values in each.values()])
            for theirs, ours in names.items()
        },
    )
