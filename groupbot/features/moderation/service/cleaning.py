"""Taking messages away by hand: one, or all since one.

Telegram deletes at most 100 messages a call and none that is too old (48 hours; see deleteMessage and
deleteMessages of the Bot API), so a purge says at its end how many were left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from groupbot.core.effects import Delete, Send
from groupbot.core.events import Command
from groupbot.engine import outcome
from groupbot.engine.notes import OF_MESSAGES
from groupbot.engine.replies import reply, sender_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.moderation.domain.acts import Acted
from groupbot.features.moderation.service.whom import ROUTER, author_of, hush, may_be_silent, reply_of
from groupbot.features.rules.domain.cases import Removed
from groupbot.features.rules.service.lessons import put_away

A_CALL, AT_ONCE = 100, 1000
_PURGES = "moderation.purges"
Topics = Callable[[Work, int, int | None, int, int], Iterable[int]]


def delete(work: Work, cmd: Command) -> None:
    """The message replied to and the command go.

    Raises:
        Refusal: there is no reply.
    """
    gone = reply_of(cmd)
    if not gone:
        raise Refusal("moderation/reply_first")
    work.say(
        Delete(chat=work.chat, messages=(gone, cmd.message.message_id), why=f"by {sender_of(cmd)}: /del")
    )
    work.emit(Removed(work.chat, (gone,)))
    put_away(work, gone, author_of(cmd), cmd.message.reply_text, cmd.message.topic)
    work.emit(Acted(work.chat, "delete", sender_of(cmd), messages=1))


def purge(work: Work, cmd: Command, topics: Topics, *, silent: bool = False) -> None:
    """Everything from the message replied to up to the command goes, or with a number as many messages
    from there on. In a forum only what stands in the command's topic.

    Raises:
        Refusal: no reply, no number, or more than 1,000 messages.
    """
    if silent:
        may_be_silent(work)
    first, last = reply_of(cmd), cmd.message.message_id
    if not first:
        raise Refusal("moderation/reply_first")
    if cmd.args:
        if not (cmd.args.isascii() and cmd.args.isdigit()):
            raise Refusal("common/usage")
        last = min(last, first + int(cmd.args[:6]) - 1)
    _purge(work, cmd, topics, first, last, silent)


def purge_from(work: Work, cmd: Command) -> None:
    """Remember the message replied to as the first."""
    first = reply_of(cmd)
    if not first:
        raise Refusal("moderation/reply_first")
    work.notes(ROUTER).set(_from(cmd), [first, cmd.message.topic])
    reply(work, cmd, "moderation/purge_from")


def _from(cmd: Command) -> str:
    return f"{OF_MESSAGES}from:{sender_of(cmd)}"


def purge_to(work: Work, cmd: Command, topics: Topics) -> None:
    """Everything from the remembered message to the one replied to goes, both included.

    Raises:
        Refusal: nothing is remembered in this topic, or no reply.
    """
    last, notes = reply_of(cmd), work.notes(ROUTER)
    first, topic = notes.get(_from(cmd), (0, None))
    if not last:
        raise Refusal("moderation/reply_first")
    if not first or topic != cmd.message.topic:
        raise Refusal("moderation/no_from")
    notes.drop(_from(cmd))
    _purge(work, cmd, topics, min(first, last), max(first, last), silent=False)


def _purge(work: Work, cmd: Command, topics: Topics, first: int, last: int, silent: bool) -> None:
    if last - first >= AT_ONCE:
        raise Refusal("moderation/too_many", n=last - first + 1, most=AT_ONCE)
    ids = list(range(first, last + 1))
    if cmd.message.topic is not None:
        ids = sorted(set(topics(work, work.chat, cmd.message.topic, first, last)))
    elif cmd.chat.is_forum:  # General: what is known to stand in other topics stays
        elsewhere = set(topics(work, work.chat, None, first, last))
        ids = [i for i in ids if i not in elsewhere]
    cause = f"purge:{work.chat}:{cmd.message.message_id}"
    since = outcome.newest(work)
    for at in range(0, len(ids), A_CALL):
        lot = tuple(ids[at : at + A_CALL])
        work.say(
            Delete(chat=work.chat, messages=lot, cause=cause, why=f"{len(lot)} messages, by {sender_of(cmd)}")
        )
    work.emit(Acted(work.chat, "purge", sender_of(cmd), silent=silent, messages=len(ids)))
    if cmd.message.message_id not in ids:
        hush(work, cmd)
    if not silent:
        told = {"chat": work.chat, "topic": cmd.message.topic, "cause": cause, "since": since, "n": len(ids)}
        _keep(work, [*_open(work), told])


def _open(work: Work) -> list[dict[str, Any]]:
    """Purges whose end was not told yet."""
    kept = work.cached(_PURGES).get("all")
    if kept is None:
        kept = work.notes(ROUTER, 0).get("purges", [])
        work.put(_PURGES, "all", kept)
    return kept  # type: ignore[no-any-return]


def _keep(work: Work, purges: list[dict[str, Any]]) -> None:
    work.notes(ROUTER, 0).set("purges", purges)
    work.put(_PURGES, "all", purges)


def report(work: Work) -> None:
    """Heartbeat: say how purges ended: how many messages went and how many were left."""
    purges = _open(work)
    if not purges:
        return
    left = []
    for p in purges:
        ends = outcome.ends(work, p["cause"], p["since"])
        if any(e.state in ("waiting", "sending", "parked") for e in ends):
            left.append(p)
            continue
        stand = sum(_stand(e) for e in ends)
        work.say(
            Send(
                chat=p["chat"],
                topic=p["topic"],
                template="moderation/purged",
                data={"n": p["n"] - stand, "left": stand},
                lifetime=60,
            )
        )
    if len(left) < len(purges):
        _keep(work, left)


def _stand(end: Any) -> int:
    """How many messages of a call still stand: what the receipt says, or all of a call that failed."""
    note = end.error or ""
    if end.state == "done":
        return int(note[5:]) if note.startswith("left ") and note[5:].isdigit() else 0
    n = str(end.why).partition(" ")[0]
    return int(n) if n.isdigit() else 0
