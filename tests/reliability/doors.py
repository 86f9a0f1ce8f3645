"""What acts on the bot and is neither command nor button (the console acts of G26): files and words that a
handler takes up from a message, the bot's own HTTP doors, and the command line.

There is no page for operators to sign in to. What is here has its authority from elsewhere: a file is only
shown, and goes live by an operator's button (a cell of the matrix); a door asks for its secret or gives only
numbers; the command line is for whoever may read the workspace with its secrets, and no update reaches it.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import sqlalchemy as sa
from msgspec import structs

from groupbot import cli
from groupbot.core.effects import Send
from groupbot.core.events import Message
from groupbot.engine.plugins import load
from groupbot.engine.writer import Writer
from groupbot.features.promos.store import content_push
from groupbot.testing import Talk
from tests.engine.desk import GROUP, OTHER, Desk
from tests.reliability.cells import ACTORS, OPERATOR, Actor
from tests.reliability.matrix import Matrix
from tests.reliability.webhook import free_port

# --- messages
# Handlers that look at messages, with who may have one act: all who may write there ("anyone": it gives or
# counts something to the writer alone), or as the cells below state. One that is not here fails.
HEARD = {
    "library.file_came": "files: people in the operators' chat have one looked at; nobody has it live",
    "notes.heard": "a note for administrators: those, as themselves or as the group",
    "care.heard": "anyone",
    "earning.spoke": "anyone",
    "lottery.heard": "anyone",
    "redpacket.spoken": "anyone",
    "scenes.heard": "anyone",
    "theme.heard": "anyone",
}
FILE = {"file_id": "F1", "file_unique_id": "U1", "file_name": "spring.yaml", "file_size": 9}
NOTE = "#till"


def hearing() -> set[str]:
    """The shipped handlers that look at messages."""
    return {
        f"{r.name}.{fn.__name__}" for r in load().routers for type_, fn in r.happenings if type_ is Message
    }


class Brought(Matrix):
    """The people of the matrix before the real handlers of messages; the group is the operators' chat."""

    def __init__(self, writer: Writer, workspace: Path) -> None:
        super().__init__(writer)
        ones = [r for r in self.shipped.routers if r.name in {h.partition(".")[0] for h in HEARD}]
        writer.me = structs.replace(writer.me, ops_chat=GROUP["id"], operators=(OPERATOR,))
        self.desk = Desk(writer, ones[0], *ones[1:], content=workspace)
        writer.content = self.desk.content

    async def prepare(self) -> None:
        """The note, written by the owner."""
        await self.desk.feed(self.message(ACTORS["owner"], f"/save {NOTE[1:]} 4711 {{admin}}", GROUP))

    async def cells(self, actor: Actor) -> list[str]:
        """A file in the operators' chat, elsewhere and in private, and a note: what is otherwise."""
        wrong = []
        d = self.desk
        brings = actor.writes_as in ("themselves", "group") and not actor.bot
        for where, looked in ((GROUP, brings), (OTHER, False), (None, False)):
            before = self.pushes()
            brought = self.message(actor, "", where, document=FILE)
            del brought["message"]["text"]
            await d.feed(brought)
            made = self.pushes()[len(before) :]
            place = where["title"] if where else "private"
            if [r.state for r in made] != ["fetch"] * looked:
                wrong.append(f"file in {place}: {[r.state for r in made]}")
        said = len(self.answers())
        await d.feed(self.message(actor, NOTE, GROUP))
        may = actor.status in ("creator", "administrator") and actor.writes_as != "channel"
        if (len(self.answers()) > said) != may:
            wrong.append(f"{NOTE}: {self.answers()[said:]}")
        return wrong

    def pushes(self) -> list[Any]:
        """The files that were taken up."""
        return self.desk.rows(sa.select(content_push.c.id, content_push.c.state).order_by(content_push.c.id))

    def answers(self) -> list[str]:
        """What was said, as text."""
        return [e.text for e in self.desk.said() if isinstance(e, Send)]


MESSAGES = 4  # cells of one kind of person


# --- HTTP
DOORS = {
    "/healthz": "open",
    "/readyz": "open",
    "/metrics": "open",
    "/telegram": "webhook",
    "/orders": "orders",
}
SECRETS = {"webhook": "a-long_secret-of-the-webhook", "orders": "of-the-shop-" * 3}
GIVEN = ("nothing", "a wrong one", "another door's", "most of it", "an old one", "the right one")
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")


def listening() -> dict[str, Any]:
    """Settings of a bot with every door."""
    at = f"127.0.0.1:{free_port()}"
    secrets = {"webhook_secret": SECRETS["webhook"], "orders_secret": SECRETS["orders"]}
    return {"webhook_url": f"http://{at}/telegram", "listen": at, **secrets}


async def doors(talk: Talk) -> tuple[int, list[str]]:
    """Every HTTP door × method × secret: how many, and those that are otherwise than stated."""
    assert talk.app.web is not None
    paths = [r.path for r in talk.app.web.site.routes]  # type: ignore[attr-defined]
    wrong = [f"{p} is stated nowhere" for p in {*paths} ^ {*DOORS}]
    n = 0
    url = f"http://127.0.0.1:{talk.app.web.port}"
    async with aiohttp.ClientSession() as http:
        for path in (*paths, "/", "/console", "/admin", "/telegram/x", "/orders/"):
            kind = DOORS.get(path, "")
            for method in METHODS:
                for given in GIVEN:
                    n += 1
                    body = _body(kind, n, talk.app.clock.now())
                    headers = _headers(kind, given, body, int(talk.app.clock.now().timestamp()))
                    ask = http.request(method, url + path, data=body, headers=headers, allow_redirects=False)
                    async with ask as answer:
                        status = answer.status
                    if status not in _expected(kind, method, given):
                        wrong.append(f"{method} {path} with {given}: {status}")
    return n, wrong


def _expected(kind: str, method: str, given: str) -> tuple[int, ...]:
    if not kind:
        return (404, 405, 307)  # 307: only to the same door without its slash
    if kind == "open":
        return (200, 503) if method == "GET" else (405,)
    if method != "POST":
        return (405,)
    right = given == "the right one" or (given == "an old one" and kind == "webhook")  # it knows no time
    return (200,) if right else (403,) if kind == "webhook" else (401,)


def _body(kind: str, n: int, at: datetime) -> bytes:
    order = {"order": f"A{n}", "at": at.isoformat(), "customer": "13800138000", "status": "paid"}
    made: dict[str, Any] = {"orders": [order]} if kind == "orders" else {"update_id": 900_000_000 + n}
    return json.dumps(made).encode()


def _headers(kind: str, given: str, body: bytes, now: int) -> dict[str, str]:
    if given == "nothing" or kind not in SECRETS:
        return {}
    own, other = SECRETS[kind], next(s for k, s in SECRETS.items() if k != kind)
    secret = {"a wrong one": "x" * len(own), "another door's": other, "most of it": own[:-1]}.get(given, own)
    if kind == "webhook":
        return {"X-Telegram-Bot-Api-Secret-Token": secret}
    at = str(now - (3600 if given == "an old one" else 0))
    signature = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Groupbot-Time": at, "X-Groupbot-Signature": signature}


# --- the command line
# Commands that write into the database of a running bot; all others only read it, or write files of the
# workspace. Who may read the workspace's secrets may do all of it; a press or a second approver that the chat
# asks for is not to be had here.
WRITING = frozenset({
    "chats", "content", "coupons", "demo", "import", "orders", "outbox", "quarantine", "rebuild", "restore",
    "settings",
})  # fmt: skip
_WRITES = ("guest.write(", "Writer(", "writer.submit(")
_APPROVES = (".approve(", ".agree(", ".launch(", ".decide(")  # what asks for an operator's press


def console() -> Iterator[tuple[str, bool, bool]]:
    """Each command: does it write into the database, does it do what an operator is to press for?"""
    for name in cli.COMMANDS:
        module = importlib.import_module(f"groupbot.cli.{cli.FILES.get(name, name)}")
        source = Path(str(module.__file__)).read_text("utf-8")
        yield name, any(w in source for w in _WRITES), any(w in source for w in _APPROVES)


def line_of(name: str) -> list[bool]:
    """What is stated of a command of the command line."""
    return [name in WRITING, False]
