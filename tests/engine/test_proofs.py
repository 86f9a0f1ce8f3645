"""A command said as the group waits a minute for the administrator who said it, and runs once."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from groupbot.core.effects import Button, Send
from groupbot.core.events import Chat, Command, Message
from groupbot.engine import proofs
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from tests.conftest import START

LAKE = Chat(-1001, "supergroup", "West Lake")


def keep(work: Work, raw: bytes, topic: int | None = 7) -> list[object]:
    """The command is said; what the bot says to it."""
    work.chat = resolve(work, LAKE).id
    message = Message(at=work.now, chat=LAKE, sender=None, message_id=40, text="/ban 5", topic=topic)
    proofs.keep(
        work, Command(at=work.now, chat=LAKE, sender=None, name="ban", args="5", message=message), raw
    )
    return list(work.effects)


def look(work: Work, number: int, chat: int = 1) -> tuple[bytes, object] | None:
    work.chat = chat
    found = proofs.look(work, number)
    return None if found is None else (bytes(found.raw), found.at)


def test_who_says_it_is_asked_under_the_command_for_a_minute(writer: Writer) -> None:
    assert writer.write(keep, b"raw") == [
        Send(
            chat=1,
            template="common/prove",
            data={"command": "ban"},
            buttons=((Button("prove", proofs.Prove(1)),),),
            ref="prove:1",
            reply_to=40,
            topic=7,
            lifetime=60,
            cause="prove:ban",
        )
    ]


def test_it_is_found_in_its_own_chat_until_it_is_taken(writer: Writer) -> None:
    writer.write(keep, b"one")
    writer.write(keep, b"two")
    assert [writer.write(look, n) for n in (1, 2, 3)] == [(b"one", START), (b"two", START), None]
    assert writer.write(look, 1, 2) is None
    assert [writer.write(proofs.take, 1) for _ in range(2)] == [True, False]
    assert [writer.write(look, n) for n in (1, 2)] == [None, (b"two", START)]


def test_after_a_minute_it_is_too_old_and_its_words_go_with_the_next_one(writer: Writer) -> None:
    writer.write(keep, b"one")
    writer.clock.shift(timedelta(seconds=60))
    writer.write(keep, b"two")
    assert writer.write(look, 1) == (b"one", START)
    writer.clock.shift(timedelta(milliseconds=1))
    assert writer.write(look, 1) is None
    writer.write(keep, b"three")
    kept = writer.write(lambda w: w.sql.all(sa.select(proofs.proof.c.raw).order_by(proofs.proof.c.id)))
    assert [bytes(r.raw) for r in kept] == [b"two", b"three"]
