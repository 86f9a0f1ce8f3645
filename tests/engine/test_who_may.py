"""Who may do what: every kind of sender before every kind of route, on commands and on buttons."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import Struct

from groupbot import Answer, Command, Router, Send, Tap, Work
from groupbot.core import taps
from groupbot.core.events import ANONYMOUS_ADMIN, Chat, Person, Standing
from groupbot.engine.dispatch import Item
from groupbot.engine.writer import Writer
from tests.engine.desk import GROUP, KEY, Desk, toasts

IDS = {"member": 21, "admin": 22, "creator": 23, "anonymous admin": 24, "operator": 99}
STATUS = {
    "member": "member",
    "admin": "administrator",
    "creator": "creator",
    "anonymous admin": "administrator",
    "operator": "member",
}
MAY = {
    "anyone": {"member", "admin", "creator", "anonymous admin", "operator"},
    "admin": {"admin", "creator", "anonymous admin", "operator"},
    "owner": {"creator", "operator"},
    "operator": {"operator"},
}


class Any_(Struct, frozen=True, tag="w.anyone"):
    n: int = 1


class Admin(Struct, frozen=True, tag="w.admin"):
    n: int = 1


class Owner(Struct, frozen=True, tag="w.owner"):
    n: int = 1


class Operator(Struct, frozen=True, tag="w.operator"):
    n: int = 1


KINDS: dict[str, type[Any]] = {"anyone": Any_, "admin": Admin, "owner": Owner, "operator": Operator}


async def desk(writer: Writer) -> Desk:
    router = Router("w")

    def command(cmd: Command, work: Work) -> None:
        work.say(Send(chat=work.chat, text="done"))

    def tapped(tap: Tap, work: Work) -> None:
        work.say(Answer(query_id=tap.query_id, text="done"))

    for who, kind in KINDS.items():
        router.command(who, who=who)(command)  # type: ignore[arg-type]
        router.tap(kind, who=who)(tapped)  # type: ignore[arg-type]
    d = Desk(writer, router)
    chat = Chat(GROUP["id"], GROUP["type"], GROUP["title"])  # type: ignore[arg-type]
    await d.feed(d.message("hello"))
    for name, person in IDS.items():
        await d.feed(
            Item(event=Standing(at=d.at, chat=chat, person=Person(person, name), status=STATUS[name]))
        )
    return d


@pytest.mark.parametrize("sender", IDS)
@pytest.mark.parametrize("who", KINDS)
async def test_command_is_for_those_it_names(writer: Writer, who: str, sender: str) -> None:
    d = await desk(writer)
    user: dict[str, Any] = {"id": IDS[sender], "is_bot": False, "first_name": sender, "language_code": "en"}
    more: dict[str, Any] = {}
    if sender == "anonymous admin":
        user = {"id": ANONYMOUS_ADMIN, "is_bot": True, "first_name": "Group"}
        more = {"sender_chat": GROUP}
    await d.feed(d.message(f"/{who}", user=user, **more))
    may = sender in MAY[who] and (who == "anyone" or not more)  # who writes as the group proves who they are
    assert (d.texts() == ["done"], len(d.texts()), d.parked()) == (may, 1, 0)


@pytest.mark.parametrize("sender", IDS)
@pytest.mark.parametrize("who", KINDS)
async def test_button_is_for_those_it_names(writer: Writer, who: str, sender: str) -> None:
    d = await desk(writer)
    user: dict[str, Any] = {"id": IDS[sender], "is_bot": False, "first_name": sender, "language_code": "en"}
    out = await d.feed(d.tap(taps.pack(KINDS[who](), f"w.{who}", 1, KEY), user=user))
    assert (toasts(out) == ["done"], len(toasts(out)), d.parked()) == (sender in MAY[who], 1, 0)


@pytest.mark.parametrize(("status", "rights", "may"), [
    ("administrator", {"delete"}, False),
    ("administrator", {"restrict"}, True),
    ("creator", set(), True),
    ("member", {"restrict"}, False),
])  # fmt: skip
async def test_an_administrator_needs_the_right_itself(
    writer: Writer, status: str, rights: set[str], may: bool
) -> None:
    router = Router("w")

    @router.command("mute", who="admin", right="restrict")
    def mute(cmd: Command, work: Work) -> None:
        work.say(Send(chat=work.chat, text="done"))

    @router.tap(Admin, who="admin", right="restrict")
    def tapped(tap: Tap, work: Work) -> None:
        work.say(Answer(query_id=tap.query_id, text="done"))

    d = Desk(writer, router)
    chat = Chat(GROUP["id"], GROUP["type"], GROUP["title"])  # type: ignore[arg-type]
    user: dict[str, Any] = {"id": 22, "is_bot": False, "first_name": "Ada", "language_code": "en"}
    await d.feed(d.message("hello"))
    person = Person(22, "Ada")
    await d.feed(
        Item(event=Standing(at=d.at, chat=chat, person=person, status=status, rights=frozenset(rights)))
    )
    await d.feed(d.message("/mute", user=user))
    out = await d.feed(d.tap(taps.pack(Admin(), "w.admin", 1, KEY), user=user))
    assert ((d.texts() == ["done"]), (toasts(out) == ["done"])) == (may, may)
