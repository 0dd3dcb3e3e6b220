"""Write docs/cli.md from the commands' own help: `python docs/cli.py`."""

import re
from pathlib import Path

from typer.testing import CliRunner

from qa.cli.app import app

PAGE = Path(__file__).with_name("cli.md")
_WIDTH = 96
_FILTERS = "  --since … --boost-dates         The filters of `article-qa search`.\n"
_SHARED = re.compile(r"  --help .*Show this message and exit\.")
_HEAD = """\
# Command line

Made from the commands' own help by `python docs/cli.py`; do not edit.

Results go to standard output; progress, summaries and errors go to standard error.

| exit code | meaning |
|---|---|
| 0 | done; a refused question counts as done |
| 1 | not done, or only in part; the message says why |
| 2 | wrong usage |
| 3, 4 | `doctor` alone: `--repair` can help; something stays broken |
| 130 | stopped with Ctrl+C |

**Conversation.** `article-qa ask` without a question asks for one after another; each may refer
to the one before ("Und warum?"). Ctrl+C drops a question, Ctrl+D ends. From a pipe, each line is
a question, and `--json` gives one JSON object per line.

**Completion.** `article-qa --install-completion` once, then a new shell: Tab completes commands
and options in bash, zsh, fish and PowerShell.

**Pipes.** In a pipe or a file each thing has one line, never folded; `list` separates columns by
tabs. `NO_COLOR=1` switches colours off.

**JSON.** With `--json` the names are those of the [Python results](python-api.md#results).
`article-qa show URI --json` gives the article, whose `text[start:end]` is the quote.

```json
{
  "question": "Was kostet die Reparatur im Stadtbad?",
  "text": "Die Reparatur kostet 210.000 Euro. [1]",
  "short": "210.000 Euro",
  "answered": true,
  "sentences": ["…"],
  "citations": [
    {"marker": 1, "quote": "Die Reparatur kostet 210.000 Euro.", "start": 363, "end": 397, "…": "…"}
  ],
  "…": "…"
}
```
"""


def reference() -> str:
    """Return the page: the help of `article-qa`, then that of each command and group."""
    names = [
        command.name or getattr(command.callback, "__name__", "")
        for command in app.registered_commands
    ]
    parts = [_HEAD, _section("article-qa", [])]
    parts += [_section(f"article-qa {name}", [name]) for name in names]
    for group in app.registered_groups:
        topic = group.name or ""
        parts.append(_section(f"article-qa {topic}", [topic]))
        inner = group.typer_instance.registered_commands if group.typer_instance else ()
        for command in inner:
            path = [topic, command.name or getattr(command.callback, "__name__", "")]
            parts.append(_section(f"article-qa {' '.join(path)}", path))
    return "\n".join(parts)


def _section(title: str, command: list[str]) -> str:
    # Without Rich the help is plain text, the same in every terminal.
    mode, app.rich_markup_mode = app.rich_markup_mode, None
    try:
        result = CliRunner().invoke(
            app, [*command, "--help"], prog_name="article-qa", terminal_width=_WIDTH
        )
    finally:
        app.rich_markup_mode = mode
    lines = (line.rstrip() for line in result.output.strip().splitlines())
    # Every command has them.
    text = "\n".join(line for line in lines if not _SHARED.match(line))
    text = re.sub(r"\n\nOptions:(?=\n\n|$)", "", text)
    if command == ["ask"]:
        text = re.sub(r"  --since .*?(?=  --strictness)", _FILTERS, text, flags=re.DOTALL)
    return f"## {title}\n\n```text\n{text}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
