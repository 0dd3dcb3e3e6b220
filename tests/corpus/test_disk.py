"""Folders that may not be written, as their owner marks them."""

import os
from pathlib import Path

import pytest

from corpus.disk import is_on_read_only_media, is_read_only


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_marked_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert is_read_only(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_of_ones_own(tmp_path: Path) -> None:
    assert not is_read_only(tmp_path)
    assert not is_on_read_only_media(tmp_path)


def test_what_is_not_there_may_not_be_written(tmp_path: Path) -> None:
    assert is_read_only(tmp_path / "nowhere")
