"""Answers on their way, without a collection."""

import threading

from qa.server.chat.pending import PendingAnswer, PendingAnswers
from qa.server.work import Workers
from tests.qa.server.chat.test_dialogue import run


def test_watching_an_answer_ends_with_it() -> None:
    async def watched() -> list[str]:
        answer = PendingAnswer("k", "me", "g")
        answer.publish("first")
        threading.Timer(0.05, answer.publish, ["second"]).start()
        threading.Timer(0.1, answer.finish).start()
        return [text async for text in answer.watch()]

    assert run(watched()) == ["first", "second"]


def test_answers_of_a_group_are_made_in_order_and_others_meanwhile() -> None:
    answers, done = PendingAnswers(Workers(2, 32)), list[str]()
    slow = threading.Event()

    def work(answer: PendingAnswer) -> None:
        if answer.key == "a1":
            assert slow.wait(20)
        done.append(answer.key)

    for key in ("a1", "b1"):
        answers.start(PendingAnswer(key, "me", key[0]), work)
    run(answers.settle("b"))
    answers.start(PendingAnswer("a2", "me", "a"), work)
    slow.set()
    run(answers.settle("a"))
    assert done == ["b1", "a1", "a2"]
