"""What the front page looks like when it leaves."""

import re
from importlib.resources import files

from starlette.datastructures import Headers

from qa.server.chat.front import HEAD, last_visit, rewrite, visit_cookies
from qa.server.rendering import STATIC
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


def test_the_first_load_of_its_own_files_is_small() -> None:
    named = [STATIC[path][0] for path in re.findall(r'"(/ui/[^"]+)"', HEAD)]
    assert named == ["style.css", "script.js"]
    static = files("qa.server") / "static"
    assert sum(len((static / name).read_bytes()) for name in [*named, "icon.svg"]) <= 60_000


def test_a_visit_begins_where_the_one_before_ended() -> None:
    first = visit_cookies(Headers(), 1000.0)
    assert len(first) == 1
    assert last_visit(Headers({"cookie": first[0].partition(";")[0]})) is None
    again = visit_cookies(Headers({"cookie": "article-qa-visit=1000"}), 9000.0)
    during = Headers({"cookie": "; ".join(item.partition(";")[0] for item in again)})
    since = last_visit(during)
    assert since is not None
    assert since.timestamp() == 1000
    # The page opened once more in the same visit does not begin another one.
    assert len(visit_cookies(during, 9100.0)) == 1
    assert last_visit(Headers({"cookie": "article-qa-since=x"})) is None
