"""What the front page looks like when it leaves."""

from qa.server.chat.front import rewrite
from qa.server.security import page_policy


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
    assert "script-src 'self' 'nonce-abc';" in page_policy("abc")
    assert "nonce" not in page_policy()
