"""Which requests pass."""

import pytest

from qa.server.security import is_shut


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=http://a.example",
        "/gradio_api/FILE=http://a.example",
        "/file=/etc/passwd",
        "/gradio_api/file%3d/etc/passwd",
        "/gradio_api/proxy=http://a.example",
        "/gradio_api/upload",
        "/gradio_api/upload_progress",
        "/gradio_api/stream/1",
        "/gradio_api/component_server",
        "/gradio_api/deep_link",
        "/gradio_api/runs",
        "/monitoring/summary",
    ],
)
def test_these_doors_are_shut(path: str) -> None:
    assert is_shut(path)


@pytest.mark.parametrize(
    "path", ["/", "/config", "/theme.css", "/gradio_api/run/predict", "/gradio_api/heartbeat/a"]
)
def test_these_doors_are_open(path: str) -> None:
    assert not is_shut(path)
