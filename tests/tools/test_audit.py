"""What is said of what pip-audit found."""

from tools.audit import verdict


def test_without_data_the_audit_is_skipped() -> None:
    assert verdict([]) == (0, "audit: skipped, the data of PyPI cannot be reached from here")
    assert verdict([{"name": "a", "skip_reason": "not found"}])[0] == 0


def test_a_weakness_fails_and_says_what_mends_it() -> None:
    status, said = verdict(
        [
            {"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]},
            {"name": "b", "version": "2", "vulns": []},
            {"name": "c", "skip_reason": "not found"},
        ]
    )
    assert status == 1
    assert said.splitlines() == [
        "a 1: CVE-1, mended in 1.1",
        "audit: 2 packages, 1 with weaknesses, 1 not known",
    ]
