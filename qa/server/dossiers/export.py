"""A dossier to take away: what a conversation is exported as, with the notes."""

from dataclasses import replace
from datetime import date

from qa.chat_history import ChatTurn, TurnState
from qa.i18n import Words
from qa.server.dossiers.store import Dossier, DossierItem
from qa.server.exports.document import write_document


def write_dossier(dossier: Dossier, words: Words, day: date, suffix: str) -> bytes:
    """Return a dossier as a file's bytes; see `write_document`."""
    turns = [_as_turn(item, words) for item in dossier.items]
    return write_document(dossier.title, turns, words, day, suffix)


def _as_turn(item: DossierItem, words: Words) -> ChatTurn:
    """Return an item as what is exported of a conversation: a heading and what stands below it."""
    turn = ChatTurn(item.id, str(item.id), "", {}, TurnState.FAILED)
    if item.answer is not None:
        note = " ".join(filter(None, (item.note, item.answer.note)))
        answer = replace(item.answer, note=note)
        return replace(turn, question=answer.question, state=TurnState.ANSWERED, answer=answer)
    info = item.article or (item.passage.article if item.passage else None)
    if info is None:
        return turn
    where = ", ".join(filter(None, (info.source, words.date(info.published), info.url)))
    said = [item.note]
    if item.passage is not None:
        said.append(words.fill("quoted", text=item.passage.text))
        where += ", " + words.fill("paragraph", n=item.passage.paragraph)
    said.append(f"({where})")
    title = info.title or words["untitled"]
    return replace(turn, question=title, said="\n\n".join(filter(None, said)))
