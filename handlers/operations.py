"""The operators' chat: what goes wrong, with the next step, and what waits for their word."""

from __future__ import annotations

from msgspec import Struct

from groupbot import Answer, Button, Command, Edit, Router, Send, Tap, Work, reply, sender_of
from groupbot.engine.addresses import in_ops
from groupbot.features.members import service as members
from groupbot.features.operations import service
from groupbot.features.operations.domain import Alarm

router = Router(
    "operations",
    about="Alarms, and what could not be sent",
    keeps="when an alarm was told; what could not be sent, until it is decided or a week is over",
)


class Look(Struct, frozen=True, tag="op.look"):
    """The next one that waits for a word, behind this row."""

    behind: int


class Again(Struct, frozen=True, tag="op.again"):
    """Send this row again."""

    row: int


class Leave(Struct, frozen=True, tag="op.leave"):
    """Let this row be."""

    row: int


@router.every(seconds=4)
def watch(work: Work) -> None:
    """Tells the operators what failed, within the budget of words."""
    service.watch(work)


@router.on(Alarm)
def tell(alarm: Alarm, work: Work) -> None:
    """One alarm, with its next step."""
    look = ((Button("look", Look(0)),),) if alarm.kind in ("unknown", "dead") else ()
    data = {"kind": alarm.kind, "n": alarm.n, "at": dict(alarm.data)}
    work.say(Send(chat=service.ops_chat(work), template="operations/alarm", data=data, buttons=look))


@router.command("outbox", about="What could not be sent", who="operator", where="any", hidden=True)
def outbox(cmd: Command, work: Work) -> None:
    """The first that waits for a word: it may be somebody's private message, so no other group sees it."""
    place = _place(cmd, work, sender_of(cmd), cmd.message.topic)
    work.say(_card(work, place, 0))
    if place.user and cmd.chat.type != "private":
        reply(work, cmd, "members/see_private")


@router.tap(Look, who="operator")
def look(tap: Tap, work: Work) -> None:
    """The next that waits for a word, as a message of its own."""
    assert isinstance(tap.data, Look) and tap.sender is not None
    work.say(_card(work, _place(tap, work, tap.sender.id, tap.topic), tap.data.behind))
    work.say(Answer(query_id=tap.query_id))


@router.tap(Again, who="operator")
def again(tap: Tap, work: Work) -> None:
    """It leaves once more."""
    assert isinstance(tap.data, Again)
    service.send_again(work, tap.data.row)
    _decided(tap, work, tap.data.row, "again")


@router.tap(Leave, who="operator")
def leave(tap: Tap, work: Work) -> None:
    """It stays as it is."""
    assert isinstance(tap.data, Leave) and tap.sender is not None
    service.let_be(work, tap.data.row, str(tap.sender.id))
    _decided(tap, work, tap.data.row, "leave")


def _decided(tap: Tap, work: Work, row: int, how: str) -> None:
    _, left = service.after(work, row)
    who = members.name(work, tap.sender.id) if tap.sender else ""
    data = {"number": row, "how": how, "who": who, "left": left}
    user = tap.sender.id if tap.chat.type == "private" and tap.sender else None
    more = ((Button("next", Look(row)),),) if left else ()
    work.say(
        Edit(
            chat=None if user else work.chat,
            user=user,
            ref=f"operations:{row}:{user or work.chat}",
            template="operations/done",
            data=data,
            buttons=more,
        )
    )
    work.say(Answer(query_id=tap.query_id))


def _place(said: Command | Tap, work: Work, person: int, topic: int | None) -> Send:
    """Where an operator is answered: in the operators' chat, else in private."""
    if in_ops(work):
        return Send(chat=work.chat, topic=topic)
    return Send(user=members.alone(work, person), topic=topic if said.chat.type == "private" else None)


def _card(work: Work, place: Send, behind: int) -> Send:
    letter, n = service.after(work, behind)
    if letter is None:
        return Send(chat=place.chat, user=place.user, topic=place.topic, template="operations/none")
    data = {
        "number": letter.id,
        "state": letter.state,
        "what": letter.kind,
        "place": letter.chat,
        "cause": letter.cause,
        "error": letter.error,
        "text": letter.text,
        "said": letter.said_at,
        "left": n - 1,
    }
    rows: tuple[tuple[Button, ...], ...] = (
        (Button("again", Again(letter.id)), Button("leave", Leave(letter.id))),
    )
    if n > 1:
        rows = (*rows, (Button("next", Look(letter.id)),))
    return Send(
        chat=place.chat,
        user=place.user,
        topic=place.topic,
        template="operations/letter",
        data=data,
        buttons=rows,
        ref=f"operations:{letter.id}:{place.chat or place.user}",
    )
