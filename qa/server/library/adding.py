"""The pages of adding: what can be added, and how far it is, as HTML. Pure."""

from qa.server.chat.render import clip_end, escape
from qa.server.frame import button, el, field, form, notice
from qa.server.library.jobs import Job, Line
from qa.server.page_words import PageWords

SHOWN = 500
"""Lines of a job on its page."""
_OUTCOMES = ("added", "updated", "unchanged", "duplicate")


def adding(words: PageWords, each: int, together: int) -> str:
    """Return the forms for files, addresses and the samples.

    Args:
        words: the interface's.
        each: the largest file, in bytes.
        together: the largest upload, in bytes.
    """
    sizes = {"each": words.size(each), "all": words.size(together)}
    files = el(
        "input",
        type="file",
        name="files",
        id="files",
        multiple=True,
        required=True,
        aria_describedby="files-hint",
    )
    upload = form(
        "/library/add",
        field(words["upload_label"], files, "files", hint=words.fill("upload_hint", **sizes)),
        el("p", escape(words["upload_again"]), class_="hint"),
        el(
            "p",
            button(words["upload"], kind="strong"),
            el("span", role="status", class_="state", data_uploading=words["uploading"]),
            class_="row",
        ),
        enctype="multipart/form-data",
        class_="panel upload",
        data_limit=str(together),
        data_large=words.fill("too_large", **sizes),
    )
    box = el(
        "textarea",
        name="addresses",
        id="addresses",
        rows=4,
        required=True,
        spellcheck="false",
        autocapitalize="off",
        aria_describedby="addresses-hint",
        placeholder="https://",
    )
    web = form(
        "/library/addresses",
        field(words["addresses_label"], box, "addresses", hint=words["addresses_hint"]),
        el("p", button(words["fetch"], kind="strong"), class_="row"),
        class_="panel",
    )
    samples = form(
        "/library/samples",
        el("p", escape(words["samples_hint"]), class_="hint"),
        el("p", button(words["samples"]), class_="row"),
        class_="panel",
    )
    return "".join(
        (
            el("p", el("a", escape(f"‹ {words['library']}"), href="/library"), class_="up"),
            el("h2", escape(words["upload_title"])),
            upload,
            el("h2", escape(words["addresses_title"])),
            web,
            el("h2", escape(words["samples_title"])),
            samples,
        )
    )


def progress(job: Job, words: PageWords) -> str:
    """Return how far a job is: what the page shows, and asks for again until it is over."""
    return el(
        "section",
        el("p", escape(state(job, words)), class_="state", role="status"),
        _bar(job, words),
        _summary(job, words),
        _lines(job, words),
        _foot(job, words),
        id="job",
        class_="panel job",
        data_job=None if job.is_over else job.id,
    )


def state(job: Job, words: PageWords) -> str:
    """Return where a job is, in a line."""
    if job.waiting_for:
        return words.fill("job_waiting", who=job.waiting_for)
    if job.stage == "failed":
        return words.fill("job_failed", reason=job.reason)
    counts = {"done": words.number(job.done), "total": words.number(job.total)}
    return words.fill(f"job_{job.stage}", **counts)


def title(job: Job, words: PageWords) -> str:
    """Return what a job is."""
    return words[f"job_{job.kind}"]


def _bar(job: Job, words: PageWords) -> str:
    if job.is_over:
        return ""
    value = str(job.done) if job.total else None
    return el("progress", max=str(max(job.total, 1)), value=value, aria_label=words["progress"])


def _summary(job: Job, words: PageWords) -> str:
    if not job.is_over:
        return ""
    parts = []
    if job.kind == "add":
        skipped = sum(line.state in ("skipped", "refused") for line in job.lines)
        numbers = {name: words.number(job.count(name)) for name in ("added", "updated")}
        numbers |= {
            "unchanged": words.number(job.count("unchanged")),
            "duplicates": words.number(job.count("duplicate")),
            "skipped": words.number(skipped),
        }
        parts.append(words.fill("job_sum", **numbers))
    if job.kind == "remove":
        parts.append(words.count("job_removed", job.count("removed")))
    if job.embedded or job.kind == "embed":
        parts.append(words.count("job_embedded", job.embedded))
    return el("p", escape(" ".join(parts)), class_="sum")


def _lines(job: Job, words: PageWords) -> str:
    if not job.lines:
        return ""
    # What needs a look comes first once it is over; meanwhile the order is the work's.
    lines = sorted(job.lines, key=_urgency) if job.is_over else job.lines
    first = 0
    if not job.is_over:
        first = max(0, min(job.done, len(lines)) - SHOWN // 2)
    rows = [_row(line, words) for line in lines[first : first + SHOWN]]
    head = [el("th", escape(words[key]), scope="col") for key in ("file", "result")]
    table = el(
        "table",
        el("caption", escape(words["result"]), class_="unseen"),
        el("thead", el("tr", *head)),
        el("tbody", *rows),
    )
    rest = len(lines) - len(rows)
    more = el("p", escape(words.fill("and_more", n=words.number(rest))), class_="hint")
    return table + (more if rest else "")


def _urgency(line: Line) -> int:
    order = ("refused", "skipped", "stopped", "partly", "gone")
    return order.index(line.state) if line.state in order else len(order)


def _row(line: Line, words: PageWords) -> str:
    said = el("span", escape(words[f"state_{line.state}"]), class_=f"outcome {line.state}")
    several = sum(line.counts.values()) > 1
    if several:
        counted = [
            f"{words[f'state_{name}']}: {words.count('n_articles', line.counts[name])}"
            for name in _OUTCOMES
            if name in line.counts
        ]
        said = el("span", escape(", ".join(counted)), class_=f"outcome {line.state}")
    reasons = []
    for part, why in line.reasons:
        reason = words.reason(why)
        # What has no German stays as the readers say it.
        english = words.language != "en" and reason == why and line.state != "refused"
        text = f"{part}: {reason}" if part else reason
        reasons.append(el("li", escape(text), lang="en" if english else None))
    if line.more:
        reasons.append(el("li", escape(words.fill("and_more", n=words.number(line.more)))))
    listed = el("ul", *reasons) if reasons else ""
    name = el("th", escape(clip_end(line.name, 200)), scope="row")
    return el("tr", name, el("td", said, listed))


def _foot(job: Job, words: PageWords) -> str:
    if not job.is_over:
        return form(f"/library/jobs/{job.id}/stop", button(words["stop"]))
    library = el("a", escape(words["to_library"]), href="/library", class_="button")
    chat = el("a", escape(words["to_chat"]), href="/", class_="button strong")
    return el("p", library, chat if job.kind == "add" else "", class_="row")


def busy(jobs: list[Job], writer: str, words: PageWords) -> str:
    """Return lines that say what is being written meanwhile, here or by another process."""
    if jobs:
        links = [el("a", escape(title(job, words)), href=f"/library/jobs/{job.id}") for job in jobs]
        text = escape(f"{words['busy_here']} ")
        return el("p", text, ", ".join(links), class_="note", role="status")
    return notice(words.fill("busy_other", who=writer)) if writer else ""
