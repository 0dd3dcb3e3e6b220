"""Write docs/cli.md from the commands' own help: `python docs/cli.py`."""

from pathlib import Path

from typer.testing import CliRunner

from qa.cli.app import app

PAGE = Path(__file__).with_name("cli.md")
_WIDTH = 96
_HEAD = """\
# Command line

Made from the commands' own help by `python docs/cli.py`; do not edit.

What was asked for goes to standard output; progress, summaries and errors go to standard error.

| exit code | meaning |
|---|---|
| 0 | done; a refused question counts as done, and so does a pipe that is closed early |
| 1 | not done, or only in part; the message says why |
| 2 | wrong usage |
| 3, 4 | `doctor` alone: `--repair` can mend it; something stays broken |
| 130 | stopped with Ctrl+C |

**Conversation.** `article-qa ask` without a question asks for one after another, and each may
lean on the one before ("Und warum?"); the arrow keys bring questions back, Ctrl+C drops one,
Ctrl+D ends. From a pipe, each line is a question, and `--json` gives a JSON object a line.

**Completion.** `article-qa --install-completion` once, then a new shell, and Tab completes
commands and options in bash, zsh, fish and PowerShell; `article-qa --show-completion` prints the
script instead.

**Pipes.** What goes into a pipe or a file has a line for each thing, folded nowhere: a quote, a
paragraph, an address, and of `list` an article, with tabs between. A letter that an ASCII output
lacks is written as an escape (`\\xfc`), in JSON as JSON does it. Colours are for terminals
alone, and `NO_COLOR=1` switches them off there too. In a terminal of fewer than 100 columns
`list` gives each article a few lines in place of a table.

**JSON.** With `--json` the names are those of the [Python results](python-api.md#results), and
offsets are character offsets into the article's text: `article-qa show URI --json` gives the
article, whose `text[start:end]` is the quote.

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
    text = "\n".join(line.rstrip() for line in result.output.strip().splitlines())
    return f"## {title}\n\n```text\n{text}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
