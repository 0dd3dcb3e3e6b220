"""The server against its own OpenAPI: schemathesis makes requests, good and bad, and judges.

More of them: `SCHEMATHESIS_EXAMPLES=2000 pytest tests/qa/server/test_schema.py`.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx

from qa.collection import Collection
from qa.server import Options, application
from tests.qa.server.conftest import running, waited_for

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "8")
# What the schema allows and the collection cannot use (`since` after `until`) is 422, by design;
# what the schema allows is never 400.
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "422", "429", "5xx"]
"""


def test_nothing_contradicts_the_description(library: Collection, tmp_path: Path) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG, encoding="utf-8")
    with running(application(library, Options(hosts=None), page=False)) as address:
        assert waited_for(lambda: httpx.get(f"{address}/readyz").status_code == 200)
        result = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)),
                *("run", f"{address}/openapi.json", "--seed", "1", "--continue-on-failure"),
                *("--max-examples", EXAMPLES, "--phases", "examples,coverage,fuzzing"),
                # A path takes any text: there is no bad one to be made.
                "--suppress-health-check=filter_too_much",
            ],
            cwd=tmp_path,
            env={**os.environ, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=550,
            check=False,
        )
    assert result.returncode == 0, result.stdout[-8000:] + result.stderr[-2000:]
    passed = re.search(r"(\d+) generated, (\d+) passed", result.stdout)
    assert passed, result.stdout[-2000:]
    assert passed[1] == passed[2]
    assert int(passed[1]) > 500
    assert "Tested: 25" in result.stdout
