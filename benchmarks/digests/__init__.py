"""Digests beside the best sentences by one score alone: `python -m benchmarks.digests --data DIR`.

Every question is asked with its true kind, and again with the kind that is told from it. The
first eight sentences of each answer count. Measured are

- must: the share of the facts that have to be there, one of a group's strings each;
- order: Kendall's tau of the paragraphs cited, against the order of the events (timelines);
- clean: the share of answers that cite no other story, and nothing that must not be cited;
- corrected: the share of answers that give what was corrected before what it corrects.

The stories are halved: `python -m benchmarks.digests` sorts them by their first article, and
every second one, from the first on, is of the half that weights were chosen on.
"""
