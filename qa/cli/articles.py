"""`article-qa add`, `remove` and `edit`: what is in the collection, and what is said of it."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.errors import RemovalNotConfirmed
from qa.cli.shared import Json, err, open_chosen, out, print_json, progress_bars
from qa.cli.standing import tell_news

if TYPE_CHECKING:
    from qa.collection import Collection
    from qa.results import AddReport

Author = Annotated[
    list[str] | None, typer.Option(help="The author; can be repeated.", metavar="NAME")
]
Published = Annotated[str | None, typer.Option(help="Date of publication: 2024-10-25.")]
Section = Annotated[str | None, typer.Option(help="The section: Politik, Sport.")]
_LISTED = 20


_Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        help="Files, folders, and addresses of pages, feeds and sitemaps; - for what a pipe gives."
    ),
]
_Urls = Annotated[
    list[Path] | None,
    typer.Option(help="A file with addresses to fetch, one per line; can be repeated."),
]
_Sync = Annotated[bool, typer.Option("--sync", help="Also remove articles that are gone.")]
_Yes = Annotated[
    bool,
    typer.Option("--yes", "-y", help="Do not ask before --sync removes more than a tenth of them."),
]
_Watch = Annotated[
    bool, typer.Option("--watch", help="Keep running until Ctrl+C and add what changes.")
]
_Every = Annotated[float, typer.Option(help="Minutes between polls of addresses.", min=0.01)]
_Ignore = Annotated[
    list[str] | None,
    typer.Option(help="Ignore matching files: '*.bak'; can be repeated."),
]
_Columns = Annotated[
    str, typer.Option("--map", help="Names of a table's columns: title=headline,text=body")
]
_GroupBy = Annotated[
    str | None,
    typer.Option(help="A table's column; rows with the same value make one article."),
]
_Source = Annotated[str | None, typer.Option(help="The publisher, instead of what they say.")]
_AllowPrivate = Annotated[
    bool,
    typer.Option("--allow-private", help="Allow addresses in your own network."),
]
_Embed = Annotated[
    bool,
    typer.Option(
        "--embed/--no-embed",
        help="Embed the texts now, or later with `article-qa embed`.",
    ),
]


def add(
    inputs: _Inputs = None,
    samples: Annotated[bool, typer.Option("--samples", help="Add the sample articles.")] = False,
    urls: _Urls = None,
    sync: _Sync = False,
    yes: _Yes = False,
    watch: _Watch = False,
    every: _Every = 15.0,
    ignore: _Ignore = None,
    columns: _Columns = "",
    group_by: _GroupBy = None,
    source: _Source = None,
    published: Published = None,
    author: Author = None,
    language: Annotated[str | None, typer.Option(help="Their language: de, en, …")] = None,
    section: Section = None,
    max_mb: Annotated[float, typer.Option(help="The largest file to read.", min=0.001)] = 500.0,
    allow_private: _AllowPrivate = False,
    embed: _Embed = True,
    as_json: Json = False,
) -> None:
    """Add articles from files, folders and the web; unchanged ones are skipped."""
    named: list[str | Path] = list(inputs or [])
    if samples:
        from corpus.samples import samples_folder

        named += [samples_folder() / "de", samples_folder() / "en"]
    if not named and not urls:
        raise typer.BadParameter("name a file, a folder or an address, or give --samples")
    metadata = _drop_missing(
        source=source, published=published, authors=author, language=language, section=section
    )
    options = {
        "columns": mapping(columns),
        "group_by": group_by,
        "max_bytes": int(max_mb * 1_000_000),
        "sync": sync,
        "remove_many": yes or _is_to_remove,
        "ignore": ignore or (),
        "metadata": metadata,
        "allow_private": allow_private,
        "embed": embed,
    }
    if "-" in named:
        if len(named) > 1 or urls or watch or sync:
            raise typer.BadParameter("- stands alone: no other inputs, no --watch and no --sync")
        _add_piped(metadata, embed=embed, as_json=as_json)
        return
    with open_chosen(create=True) as collection:
        run = partial(_add, collection, options, as_json)
        try:
            if watch:
                _follow(collection, named, urls or [], every * 60, run)
                return
            report = run(named, urls or [])
        except KeyboardInterrupt:
            _say_kept(collection)
            raise typer.Exit(130) from None
    if report.useless:
        raise typer.Exit(1)


def remove(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="URIs, or files, folders, feeds and lists that were added."),
    ] = None,
    source: Annotated[str | None, typer.Option(help="Only what this source published.")] = None,
    matching: Annotated[
        str | None,
        typer.Option(help='Only articles with all of these words; "words in quotes" are a phrase.'),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
) -> None:
    """Remove articles by URI, input, source or words."""
    if not names and source is None and matching is None:
        raise typer.BadParameter("name a URI or an input, or give --source or --matching")
    with open_chosen() as collection:
        if (source is not None or matching is not None) and not yes:
            _ask_first(collection, names or [], source, matching)
        count = collection.remove(*(names or []), source=source, matching=matching)
    back = " To bring back within 30 days: article-qa restore --removed" if count else ""
    err.print(f"Removed {count} article{'' if count == 1 else 's'}.{back}")


def preview(
    file: Annotated[str, typer.Argument(help="A file, or - for what a pipe gives.")],
    as_json: Json = False,
) -> None:
    """Show what would be added of a file or a pasted text: metadata, and paragraphs' roles."""
    from qa.articles import preview_articles

    if file == "-":
        found = preview_articles(text=sys.stdin.buffer.read())
    else:
        found = preview_articles(file)
    if as_json:
        print_json(found)
        return
    for article in found:
        day = article.published.isoformat() if article.published else "no date"
        said = [article.title, ", ".join(article.authors), article.source, day, article.language]
        out.print(" · ".join(part for part in said if part), markup=False, soft_wrap=True)
        for paragraph in article.paragraphs:
            text = " ".join(article.paragraph_text(paragraph).split())
            line = f"{paragraph.number:4} {paragraph.role:8} {text}"
            out.print(line, markup=False, soft_wrap=True)


def edit(
    uris: Annotated[list[str] | None, typer.Argument(help="The articles' URIs.")] = None,
    of_source: Annotated[
        str | None, typer.Option(help="All articles of this publisher, instead of URIs.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="The headline.")] = None,
    source: Annotated[str | None, typer.Option(help="The publisher.")] = None,
    published: Published = None,
    modified: Annotated[str | None, typer.Option(help="Date of the last change.")] = None,
    author: Author = None,
    language: Annotated[str | None, typer.Option(help="Its language: de, en, …")] = None,
    section: Section = None,
    url: Annotated[str | None, typer.Option(help="Address of the original.")] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(help="What a paragraph is, by its number: 4=promo; can be repeated."),
    ] = None,
    undo: Annotated[
        list[str] | None,
        typer.Option(help="Drop the correction of a field; can be repeated."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Correct articles' metadata; corrections stay when they are added again.

    An empty value ("") clears a field. Without options, lists the corrections.
    """
    values = _drop_missing(
        title=title,
        source=source,
        published=published,
        modified=modified,
        authors=author,
        language=language,
        section=section,
        url=url,
        roles=dict(_role_of(item) for item in role or []) or None,
    )
    if bool(uris) == (of_source is not None):
        raise typer.BadParameter("name URIs, or give --of-source")
    with open_chosen() as collection:
        chosen = uris or [info.uri for info in collection.select(source=of_source)]
        if values or undo:
            changed = collection.edit_all(chosen, undo=undo, **values)
        if len(chosen) == 1:
            collection.article(chosen[0])  # says so where there is none
            corrected = collection.corrections(chosen[0])
    if len(chosen) != 1:
        if not values and not undo:
            raise typer.BadParameter("say what is to be corrected")
        if as_json:
            print_json({"changed": changed})
        else:
            err.print(f"Corrected {len(changed):,} of {len(chosen):,} articles.")
        return
    if as_json:
        print_json(corrected)
    else:
        _print_corrections(corrected)


def _print_corrections(corrected: dict[str, Any]) -> None:
    for field, value in corrected.items():
        if isinstance(value, dict):
            value = ", ".join(value.values())
        text = ", ".join(value) if isinstance(value, list) else value
        err.print(f"{field}: {text or '(none)'}", markup=False)
    if not corrected:
        err.print("Nothing is corrected.")


def _role_of(text: str) -> tuple[str, str]:
    number, equals, role = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"{text!r} is no pair; write --role 4=promo")
    return number.strip(), role.strip()


def mapping(text: str) -> dict[str, str]:
    """Read "title=headline,text=body".

    >>> mapping("title=headline, text=body")
    {'title': 'headline', 'text': 'body'}
    """
    found = {}
    for part in filter(None, (item.strip() for item in text.split(","))):
        ours, equals, theirs = part.partition("=")
        if not equals or not ours.strip() or not theirs.strip():
            raise typer.BadParameter(f"{part!r} is no pair; write --map title=headline,text=body")
        found[ours.strip()] = theirs.strip()
    return found


def _drop_missing(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None and value != []}


def _add_piped(metadata: dict[str, Any], *, embed: bool, as_json: bool) -> None:
    """Add what standard input gives."""
    data = sys.stdin.buffer.read()
    with open_chosen(create=True) as collection:
        report = collection.add_text(data, embed=embed, metadata=metadata)
    _say(report, as_json)
    if report.useless:
        raise typer.Exit(1)


def _add(
    collection: "Collection",
    options: dict[str, Any],
    as_json: bool,
    inputs: Sequence[str | Path],
    lists: Sequence[Path],
    *,
    quiet: bool = False,
) -> "AddReport":
    """Add, and report; `quiet`, nothing is said where nothing came of it, and nothing asked."""
    if quiet and callable(options["remove_many"]):
        options = {**options, "remove_many": False}
    begun = collection.now()
    try:
        with progress_bars() as progress:
            report = collection.add(*inputs, urls=lists, progress=progress, **options)
    except RemovalNotConfirmed as exc:
        _say(exc.report, as_json)
        raise
    if quiet and not (report.added or report.updated or report.removed or report.skipped):
        return report
    _say(report, as_json)
    if options["embed"] and (report.added or report.updated):
        tell_news(collection, begun)
    return report


def _say(report: "AddReport", as_json: bool) -> None:
    if as_json:
        print_json(report)
    else:
        from qa.cli.tables import add_summary

        err.print(add_summary(report))


def _say_kept(collection: "Collection") -> None:
    """Say what an interrupted `add` has left in the collection."""
    found = collection.status()
    missing = f", {found.missing:,} paragraphs wait to be embedded" if found.missing else ""
    err.print(
        f"Stopped. What was added before is kept: the collection holds {found.articles:,} "
        f"article{'' if found.articles == 1 else 's'}{missing}. The same command again goes on "
        "from there."
    )


def _is_to_remove(uris: Sequence[str], total: int) -> bool:
    """Ask before a sync removes many articles; where nobody can be asked, they stay."""
    if not sys.stdin.isatty():
        return False
    err.print("These articles are gone from what was named:")
    for uri in uris[:_LISTED]:
        err.print(uri, markup=False, soft_wrap=True)
    if len(uris) > _LISTED:
        err.print(f"… and {len(uris) - _LISTED:,} more.")
    return typer.confirm(f"Remove {len(uris):,} of {total:,} articles?", err=True)


def _follow(
    collection: "Collection",
    inputs: Sequence[str | Path],
    lists: Sequence[Path],
    every_s: float,
    run: "Callable[..., AddReport]",
) -> None:
    """Add again whatever changes, until Ctrl+C, which is the usual end."""
    from threading import Event

    from qa.watch import Watched, watch

    quiet = False

    def step(inputs: Sequence[str | Path], lists: Sequence[Path]) -> "AddReport":
        return run(inputs, lists, quiet=quiet)

    watched = Watched(inputs, lists, collection.path)
    try:
        for _ in watch(watched, step, every_s=every_s, stop=Event()):
            if not quiet:
                quiet = True
                err.print("Watching; press Ctrl+C to stop.")
    except KeyboardInterrupt:
        err.print("Stopped. What was added before is kept.")


def _ask_first(
    collection: "Collection", names: Sequence[str], source: str | None, matching: str | None
) -> None:
    """List what would be removed, and ask."""
    found = collection.select(*names, source=source, matching=matching)
    for info in found[:_LISTED]:
        day = info.published.isoformat() if info.published else "no date"
        err.print(f"{day}  {info.title}  {info.source}  {info.uri}", markup=False)
    if len(found) > _LISTED:
        err.print(f"… and {len(found) - _LISTED:,} more.")
    if not found:
        return
    if not sys.stdin.isatty():
        err.print(f"{len(found):,} articles would be removed; give --yes to remove them.")
        raise typer.Exit(1)
    typer.confirm(f"Remove {len(found):,} articles?", abort=True, err=True)
