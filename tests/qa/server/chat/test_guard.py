"""Which requests pass, and what the front page looks like when it leaves."""

import pytest

from qa.server.chat.front import rewrite
from qa.server.chat.guard import content_security_policy, shut


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
    assert shut(path)


@pytest.mark.parametrize(
    "path", ["/", "/config", "/theme.css", "/gradio_api/run/predict", "/gradio_api/heartbeat/a"]
)
def test_these_doors_are_open(path: str) -> None:
    assert not shut(path)


def test_only_the_pages_own_inline_scripts_are_signed() -> None:
    page = (
        '<html lang="en"><head>\n<meta property="og:image"\n content="https://a.example/x.jpg" />'
        '<script>1</script><script type="module" src="a.js"></script></head></html>'
    )
    assert rewrite(page, "abc", "de") == (
        '<html lang="de"><head><link rel="stylesheet" href="/ui/style.css">'
        '<script src="/ui/script.js"></script>'
        '<script nonce="abc">1</script><script nonce="abc" type="module" src="a.js"></script>'
        "</head></html>"
    )
    assert "script-src 'self' 'nonce-abc';" in content_security_policy("abc")
    assert "nonce" not in content_security_policy()
