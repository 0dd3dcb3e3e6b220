"""How soon an answer's first words are seen: `python -m tools.first_words`.

Asks the samples' questions in Chromium, on a warm server, and prints milliseconds from Enter to
the first words of each answer, with the machine's load meanwhile.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, expect, sync_playwright

from corpus.samples import samples_folder
from qa import open_collection
from tests.qa.server.chat.conftest import ARGUMENTS, ask, chromium, opened_at, served

QUESTIONS = Path(__file__).parents[1] / "tests" / "data" / "sample_questions.jsonl"
ASKED = 20

WATCH = """number => new Promise(done => {
  const field = document.querySelector("#question textarea");
  const started = performance.now();
  const look = () => {
    const words = document.querySelector(`#a-${number} :is(.short, .sentence, .verdict)`);
    if (words?.textContent.trim()) done(performance.now() - started);
    else requestAnimationFrame(look);
  };
  const enter = { key: "Enter", bubbles: true, cancelable: true };
  field.dispatchEvent(new KeyboardEvent("keypress", enter));
  look();
})"""


def measure(page: Page, questions: list[str]) -> list[float]:
    ask(page, questions[0], timeout_s=300)  # the model is loaded behind this one
    found = []
    for number, question in enumerate(questions, start=2):
        page.locator("#question textarea").fill(question)
        found.append(float(page.evaluate(WATCH, number)))
        expect(page.locator("#chat .pending")).to_have_count(0)
        page.wait_for_timeout(1500)  # people read; what is offered next is looked for meanwhile
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, help="a collection of the samples, if there")
    options = parser.parse_args()
    path = chromium() or sys.exit("no chromium on this machine: apt-get install chromium")
    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    questions = [row["question"] for row in rows][:ASKED]
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        folder = options.collection or Path(made) / "collection"
        with open_collection(folder, create=True) as collection:
            collection.add(samples_folder() / "de", samples_folder() / "en")
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        with served(os.fspath(folder)) as addresses:
            for open_page in opened_at(browser, addresses):
                found = sorted(measure(open_page(os.fspath(folder)), questions))
        browser.close()
    within = sum(each <= 500 for each in found)
    line = (
        f"{len(found)} answers, ms: median {median(found):.0f}, slowest {found[-1]:.0f}, "
        f"{within} within 500; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
