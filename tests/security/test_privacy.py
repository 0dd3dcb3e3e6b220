"""Nothing leaves the machine unless the user asked for that very address."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_main_paths_reach_nobody(tmp_path: Path) -> None:
    # As a user's process is: none of the switches that keep libraries at home.
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HF_", "GRADIO_", "TRANSFORMERS_", "ARTICLE_QA_"))
    }
    if "ARTICLE_QA_CACHE" in os.environ:
        environment["ARTICLE_QA_CACHE"] = os.environ["ARTICLE_QA_CACHE"]
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.security.guarded", str(tmp_path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    said = json.loads(result.stdout.splitlines()[-1])
    assert said["probed"]  # the guard was there
    assert said["tried"] == []
    done = said["done"]
    assert json.loads(done["status"])["articles"] == 26
    assert "April" in done["ask"]
    assert "April" in json.loads(done["serve"])["text"]
    assert set(done) == {
        "help", "add", "samples", "search", "ask", "status", "evaluate", "serve",
    }  # fmt: skip
