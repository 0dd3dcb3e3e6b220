"""Twenty people at once, each with a conversation of their own."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from tools.people import Site


def test_twenty_people_at_once(addresses: dict[str, str]) -> None:
    site = Site(addresses["plain"])

    def converse(person: int) -> float:
        cookie, here = site.arrive(), ""
        started = time.monotonic()
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
        return (time.monotonic() - started) / 3

    with ThreadPoolExecutor(20) as people:
        seconds = list(people.map(converse, range(20)))
    assert median(seconds) < 10  # a hang, not the speed, is what fails here
