"""Newcomers' messages are looked at; what looks like an advert is told with its words."""

from __future__ import annotations

from datetime import datetime

from groupbot.core.events import Message
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.spam import store
from groupbot.features.spam.domain.model import Reason, read
from groupbot.features.spam.domain.settings import FIRST, NEWCOMER, Spotted
from groupbot.features.spam.service.learning import taught
from groupbot.features.spam.service.model import shipped

_HEARD = "spam.heard"
_SPAN = 64  # characters of evidence


def look(work: Work, event: Message, who: int, texts: list[tuple[str, str]], first: int) -> Spotted | None:
    """The spam score's word on a message of `who` (a person, or a channel that speaks), whose `texts` (as
    written, and folded) are judged each by itself: the worst counts. None when it is no
    advert, or when the sender is no newcomer: here for more than 30 days, staff, or heard `first` times.
    Who was heard so often costs one look-up."""
    n = heard(work, work.chat, who)
    if n >= first:
        return None
    if _settled(work, who, event.at):
        work.put(_HEARD, (work.chat, who), first)
        return None
    score, text, folded = _worst(work, work.chat, texts)
    if score < shipped().threshold:
        if not event.edited and folded.strip():
            work.put(_HEARD, (work.chat, who), n + 1)
            work.add(store.KEEP_HEARD, work.chat, who, n + 1, work.now)
        return None
    _keep(work, work.chat, event.message_id, text, folded, score)
    return _spotted(work, work.chat, score, text, folded)


def would_be(work: Work, chat: int, texts: list[tuple[str, str]]) -> Spotted | None:
    """What the score says of these texts (as written, and folded); nothing is kept or counted."""
    score, text, folded = _worst(work, chat, texts)
    return None if score < shipped().threshold else _spotted(work, chat, score, text, folded)


def _worst(work: Work, chat: int, texts: list[tuple[str, str]]) -> tuple[float, str, str]:
    model, own = shipped(), taught(work, chat)
    score, _, text, folded = max((model.score(read(t, f), own), n, t, f) for n, (t, f) in enumerate(texts))
    return score, text, folded


def _spotted(work: Work, chat: int, score: float, text: str, folded: str) -> Spotted:
    model = shipped()
    words = matched(model.reasons(text, folded, taught(work, chat), most=12))
    return Spotted(score, words, score >= model.strong)


def remember(work: Work, chat: int, message: int, text: str, folded: str) -> None:
    """Keep the hashed words of a message that people will decide about."""
    score = shipped().score(read(text, folded), taught(work, chat))
    _keep(work, chat, message, text, folded, score)


def _keep(work: Work, chat: int, message: int, text: str, folded: str, score: float) -> None:
    """Keep the hashed words of a message that was judged, so that an undo can teach."""
    row = work.sql.first(store.LESSON, chat=chat, message=message)
    words = sorted(read(text, folded).words)
    if row is None and words:
        work.sql.run(
            store.KEEP_LESSON,
            chat_id=chat,
            message_id=message,
            words=words,
            score=score,
            label="",
            at=work.now,
        )


def matched(reasons: list[Reason]) -> str:
    """The strongest causes for an advert as a line of at most 64 characters: the words that show them where
    there are some."""
    found: list[str] = []
    for r in reasons:
        if r.weight <= 0:
            continue
        word = (r.shown or r.what).split(", ")[0].strip()
        if word and not any(word in f or f in word for f in found):
            if len(", ".join([*found, word])) > _SPAN:
                break
            found.append(word)
        if len(found) == 5:
            break
    return ", ".join(found)


def heard(work: Work, chat: int, who: int) -> int:
    """How many harmless messages of somebody were heard here while the score was on."""
    known: int | None = work.cached(_HEARD).get((chat, who))
    if known is None:
        row = work.sql.first(store.HEARD, chat=chat, who=who)
        known = 0 if row is None else int(row.messages)
        work.put(_HEARD, (chat, who), known)
    return known


def trust(work: Work, chat: int, who: int) -> None:
    """Somebody is looked at no more."""
    work.put(_HEARD, (chat, who), 1000)
    work.add(store.KEEP_HEARD, chat, who, 1000, work.now)


def newcomer(work: Work, who: int) -> bool:
    """Is this somebody whose words the score may look at: here for at most 30 days, or nobody saw them join
    and they were heard seldom; no staff?"""
    if members.is_staff(work, work.chat, who):
        return False
    joined = members.joined_at(work, work.chat, who)
    if joined is not None:
        return work.now - joined <= NEWCOMER
    return heard(work, work.chat, who) < int(members.get(work, work.chat, FIRST))


def _settled(work: Work, who: int, at: datetime) -> bool:
    if members.is_staff(work, work.chat, who):
        return True
    joined = members.joined_at(work, work.chat, who)
    return joined is not None and at - joined > NEWCOMER
