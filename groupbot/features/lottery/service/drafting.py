"""Setting a draw up in private: the prizes as a message, codes as another, the rest by buttons.

A draft lasts an hour and is one a person; codes in it are sealed like those of a draw.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from groupbot.core.effects import Button, Delete, Edit, Rows, Send
from groupbot.core.events import Message
from groupbot.engine import vault
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.lottery.domain import LONGEST, Conditions, Draft, GiftOrder, Order, parse, parted
from groupbot.features.lottery.service.gifts import ask, had
from groupbot.features.lottery.service.opening import Hold, lawful, open_lottery, titled
from groupbot.features.members import service as members

LIFE = timedelta(hours=1)
DRAFTS = "lottery.drafts"
SPANS = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "3d": timedelta(days=3), "manual": LONGEST}
FULL = (0, 20, 50, 100, 200)
_CODE, _TEXT = ("codes", "code", "码", "兑换码"), ("text", "口信")


def begin(work: Work, person: int, *, topic: int | None) -> None:
    """Ask an administrator of this chat for the prizes, in private.

    Raises:
        Refusal: the bot may not write to them yet.
    """
    members.alone(work, person)
    fresh = {"chat": work.chat, "topic": topic, "at": work.now.isoformat(), "step": "prizes"}
    _keep(work, person, fresh)
    work.say(Send(user=person, template="lottery/draft_prizes", data={"chat": _title(work, work.chat)}))


def heard(work: Work, message: Message) -> bool:
    """A private message of somebody who is setting a draw up; False when it is none of ours."""
    person = message.sender.id if message.sender is not None else 0
    draft = _draft(work, person)
    if draft is None or draft["step"] == "ready" or not message.text or message.edited:
        return False
    if draft["step"] == "prizes":
        order, kinds = _read(message.text)
        if order is None:
            raise Refusal("lottery/draft_again")
        lawful(work, draft["chat"], titled(work, draft["chat"], order))
        draft |= {"line": message.text, "kinds": kinds, "codes": {}}
    else:
        _take_codes(work, person, draft, message)
    _ask(work, person, draft)
    return True


def _read(text: str) -> tuple[Order | None, dict[str, str]]:
    """Prizes, and which of them (by number) are codes or texts: a last word says so."""
    lines, kinds = [], {}
    for i, line in enumerate(parted(text)):
        words = line.split()
        for kind, known in (("code", _CODE), ("text", _TEXT)):
            if len(words) > 1 and words[-1].lower() in known:
                kinds[str(i)] = kind
                words.pop()
        lines.append(" ".join(words))
    return parse("\n".join(lines)), kinds


def order_of(draft: dict[str, Any]) -> Order:
    """What the draft amounts to."""
    order, kinds = _read(draft["line"])
    assert order is not None
    prizes = tuple(
        replace(p, kind=kinds.get(str(i), p.kind), amount=0 if str(i) in kinds else p.amount)
        for i, p in enumerate(order.prizes)
    )
    needs = Conditions(**{**order.conditions.asked(), **draft.get("needs", {})})
    order = replace(order, prizes=prizes, conditions=needs, tickets=draft.get("tickets", order.tickets))
    if "span" in draft:
        order = replace(order, span=SPANS[draft["span"]], manual=draft["span"] == "manual")
    return replace(order, full=draft["full"]) if "full" in draft else order


def _ask(work: Work, person: int, draft: dict[str, Any]) -> None:
    """Codes that are missing, else the buttons."""
    order = order_of(draft)
    for i, p in enumerate(order.prizes):
        if p.kind in ("code", "text") and str(i) not in draft["codes"]:
            draft |= {"step": "codes", "prize": i}
            _keep(work, person, draft)
            data = {"prize": p.name, "seats": p.seats, "kind": p.kind}
            work.say(Send(user=person, template="lottery/draft_codes", data=data))
            return
    draft["step"] = "ready"
    _keep(work, person, draft)
    data, rows = _screen(work, draft)
    work.say(Send(user=person, template="lottery/draft", data=data, buttons=rows, ref=_ref(person, draft)))


def _take_codes(work: Work, person: int, draft: dict[str, Any], message: Message) -> None:
    """Seal them at once, and take the message away."""
    i = draft["prize"]
    prize = order_of(draft).prizes[i]
    words = [w.strip() for w in message.text.splitlines() if w.strip()]
    if prize.kind == "text":
        words = [message.text.strip()]
    elif len(words) != prize.seats or len(set(words)) != len(words):
        raise Refusal("lottery/codes", prize=prize.name, have=len(set(words)), seats=prize.seats)
    sealed = vault.seal(
        vault.key_of(work), json.dumps(words), about=f"draft:{person}:{i}", nonce=work.rng.randbytes(16)
    )
    draft["codes"][str(i)] = sealed.hex()
    work.say(Delete(chat=work.chat, messages=(message.message_id,)))


def press(work: Work, person: int, pressed: Draft, hold: Hold | None = None) -> str:
    """One button of the screen; the template of the toast, or ''.

    Raises:
        Refusal: the draft is too old or of another chat, or what it asks for cannot be had.
    """
    draft = _draft(work, person)
    if draft is None or draft["chat"] != pressed.chat or draft["step"] != "ready":
        raise Refusal("common/old_button")
    act, ref = pressed.act, _ref(person, draft)
    if act == "go":
        if order_of(draft).unasked:
            ask(work, draft["chat"], act="draft", by=person)
            return "lottery/gift_asking"
        publish(work, person, draft, order_of(draft), hold)
        return "lottery/draft_done"
    if act == "drop":
        _drop(work, person)
        work.say(Edit(user=person, ref=ref, template="lottery/draft_done", data={"open": False}))
        return ""
    order = order_of(draft)
    needs = dict(draft.get("needs", {}))
    if act in SPANS:
        draft["span"] = act
    elif act == "full":
        bigger = [n for n in FULL if n > order.full and n >= order.seats]
        draft["full"] = bigger[0] if bigger else 0
    elif act == "captcha":
        needs["captcha"] = not order.conditions.captcha
    elif act == "tickets":
        kinds = ("equal", "invites", "active")
        draft["tickets"] = kinds[(kinds.index(order.tickets) + 1) % 3]
    else:
        steps = {"active": (0, 3, 10), "invites": (0, 1, 3), "points": (0, 10, 100)}[act]
        now = getattr(order.conditions, act)
        needs[act] = next((n for n in steps if n > now), 0)
    draft["needs"] = needs
    _keep(work, person, draft)
    data, rows = _screen(work, draft)
    work.say(Edit(user=person, ref=ref, template="lottery/draft", data=data, buttons=rows))
    return ""


def priced(work: Work, told: GiftOrder, hold: Hold | None) -> None:
    """Telegram answered what the gifts of a draft cost: it is published.

    Raises:
        Refusal: it is gone meanwhile, or its gifts or whatever else cannot be had.
    """
    draft = _draft(work, told.by)
    if draft is None or draft["chat"] != told.chat or draft["step"] != "ready":
        raise Refusal("common/old_button")
    publish(work, told.by, draft, had(work, order_of(draft), told), hold)


def publish(work: Work, person: int, draft: dict[str, Any], order: Order, hold: Hold | None) -> None:
    """Open the draw, and say on the screen that it is done.

    Raises:
        Refusal: it cannot be opened.
    """
    _open(work, person, draft, order, hold)
    _drop(work, person)
    ref = _ref(person, draft)
    work.say(Edit(user=person, ref=ref, template="lottery/draft_done", data={"open": True}))


def _open(work: Work, person: int, draft: dict[str, Any], order: Order, hold: Hold | None) -> None:
    key = vault.key_of(work)
    codes = {
        int(i): json.loads(vault.unseal(key, bytes.fromhex(s), about=f"draft:{person}:{i}"))
        for i, s in draft["codes"].items()
    }
    here, work.chat = work.chat, draft["chat"]
    try:
        open_lottery(work, order, by=person, topic=draft["topic"], codes=codes, hold=hold)
    finally:
        work.chat = here


def _screen(work: Work, draft: dict[str, Any]) -> tuple[dict[str, Any], Rows]:
    chat = draft["chat"]
    order = titled(work, chat, order_of(draft))

    def row(*acts: str) -> tuple[Button, ...]:
        return tuple(Button(a if a not in SPANS else f"s{a}", Draft(chat, a)) for a in acts)

    data = {
        "chat": _title(work, chat),
        "prizes": [{"name": p.name, "seats": p.seats} for p in order.prizes],
        "span": order.span.total_seconds(),
        "manual": order.manual,
        "full": order.full,
        "tickets": order.tickets,
        "active": order.conditions.active,
        "invites": order.conditions.invites,
        "points": order.conditions.points,
        "captcha": order.conditions.captcha,
        "boost": order.conditions.boost,
        "keyword": order.conditions.word,
    }
    return data, (
        row(*SPANS),
        row("full", "tickets"),
        row("active", "invites"),
        row("points", "captcha"),
        row("go", "drop"),
    )


def _ref(person: int, draft: dict[str, Any]) -> str:
    at = datetime.fromisoformat(draft["at"])
    return f"lottery.draft:{person}:{int(at.timestamp())}"


def _title(work: Work, chat: int) -> str:
    p = members.profile(work, chat)
    return p.title if p is not None else "…"


def _draft(work: Work, person: int) -> dict[str, Any] | None:
    """The draft of a person, not older than an hour."""
    cache = work.cached(DRAFTS)
    if person not in cache:
        work.put(DRAFTS, person, work.notes("lottery", 0).get(f"draft:{person}"))
    found: dict[str, Any] | None = cache[person]
    if found is None or work.now - datetime.fromisoformat(found["at"]) > LIFE:
        return None
    return {**found, "codes": dict(found.get("codes", {}))}


def _keep(work: Work, person: int, draft: dict[str, Any]) -> None:
    work.notes("lottery", 0).set(f"draft:{person}", draft)
    work.put(DRAFTS, person, draft)


def _drop(work: Work, person: int) -> None:
    work.notes("lottery", 0).drop(f"draft:{person}")
    work.put(DRAFTS, person, None)
