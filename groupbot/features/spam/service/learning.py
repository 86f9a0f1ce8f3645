"""A chat learns from what its people say is an advert and what is not: hashed features, never text."""

from __future__ import annotations

from collections.abc import Iterable

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.spam import store
from groupbot.features.spam.domain.model import Reading, Reason, learned, read
from groupbot.features.spam.domain.settings import KEEP_LESSONS, KEEP_WEIGHTS, MOST_WEIGHTS, decayed
from groupbot.features.spam.service.model import shipped

_TAUGHT = "spam.taught"


def taught(work: Work, chat: int) -> dict[int, float]:
    """What a chat has taught, decayed to now when it was read: bucket → weight."""
    known: dict[int, float] | None = work.cached(_TAUGHT).get(chat)
    if known is None:
        rows = work.sql.all(store.WEIGHTS, chat=chat)
        found = [(r.bucket, decayed(r.weight, work.now - r.at)) for r in rows]
        found.sort(key=lambda f: -abs(f[1]))
        known = {bucket: weight for bucket, weight in found[:MOST_WEIGHTS] if abs(weight) > 0.001}
        work.put(_TAUGHT, chat, known)
    return known


def teach(work: Work, chat: int, message: int, text: str, folded: str, *, spam: bool) -> float:
    """Learn from a message whose text is at hand; its score from now on, 0 to 1.

    Raises:
        Refusal: there is nothing to read in it, or it was taught so before.
    """
    reading = read(text, folded)
    if not reading.words:
        raise Refusal("spam/nothing")
    row = work.sql.first(store.LESSON, chat=chat, message=message)
    if row is not None and row.label == _label(spam):
        raise Refusal("spam/known", spam=spam)
    score = shipped().score(reading, taught(work, chat))
    _learn(work, chat, message, sorted(reading.words), score, spam)
    return shipped().score(reading, taught(work, chat))


def teach_back(work: Work, chat: int, message: int, *, spam: bool) -> bool:
    """Learn from a message that was judged before, by the features kept of it. False when nothing was kept
    or it was taught so before."""
    row = work.sql.first(store.LESSON, chat=chat, message=message)
    if row is None or row.label == _label(spam):
        return False
    _learn(work, chat, message, row.words, row.score, spam)
    return True


def _label(spam: bool) -> str:
    return "spam" if spam else "ham"


def _learn(work: Work, chat: int, message: int, words: Iterable[int], score: float, spam: bool) -> None:
    words = list(words)
    known = dict(taught(work, chat))
    for bucket, step in learned(words, spam, score).items():
        known[bucket] = known.get(bucket, 0.0) + step
        work.add(store.KEEP_WEIGHT, chat, bucket, known[bucket], work.now)
    work.put(_TAUGHT, chat, known)
    work.sql.run(
        store.KEEP_LESSON,
        chat_id=chat,
        message_id=message,
        words=words,
        score=score,
        label=_label(spam),
        at=work.now,
    )


def explained(work: Work, chat: int, text: str, folded: str) -> tuple[float, float, list[Reason]]:
    """A message's score here, the threshold, and its strongest causes.

    Raises:
        Refusal: there is nothing to read in it.
    """
    reading: Reading = read(text, folded)
    if not reading.words:
        raise Refusal("spam/nothing")
    model, own = shipped(), taught(work, chat)
    return model.score(reading, own), model.threshold, model.reasons(text, folded, own, most=6)


def sweep(work: Work) -> None:
    """Forget the features of judged messages after 30 days, lessons after a year. What a chat taught is
    read anew, so that it decays in a long run as well."""
    work.sql.run(store.FORGET_LESSONS, before=work.now - KEEP_LESSONS)
    work.sql.run(store.FORGET_WEIGHTS, before=work.now - KEEP_WEIGHTS)
    work.sql.run(store.FORGET_HEARD, before=work.now - KEEP_WEIGHTS)
    work.clear(_TAUGHT)
