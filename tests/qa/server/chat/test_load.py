"""Twenty people at once, each with a conversation of their own."""

import json
from concurrent.futures import ThreadPoolExecutor

from tools.people import Site


def test_twenty_people_at_once(addresses: dict[str, str]) -> None:
    site = Site(addresses["plain"])

    def converse(person: int) -> None:
        cookie, here = site.arrive(), ""
        for turn in range(1, 4):
            question = f"Seilbahn {person} {turn}"
            here, page = site.ask(question, here, cookie)
            assert len(page["chat"]) == 2 * turn
            assert question in json.dumps(page["chat"])
            assert f"Seilbahn {(person + 1) % 20} " not in json.dumps(page["chat"])
            assert page["sources"].count('class="turn"') == turn
            assert "pending" not in json.dumps(page["chat"])
            # One conversation, which nobody else's cookie opens.
            assert page["list"].count("<li>") == 1
        other = site.show(here, site.arrive())
        assert other["chat"]["value"] == []
        assert other["here"] == ""

    with ThreadPoolExecutor(20) as people:
        assert len(list(people.map(converse, range(20)))) == 20
