"""Seventeen kinds of people before every command and button that ships: who they are, how they send, and what
each may; which routes are open to all, or to every administrator, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec import inspect

from groupbot.engine.plugins import Registry

RIGHTS = ("delete", "restrict", "pin", "invite", "promote", "info", "manage", "topics")
OPERATOR = 99  # the one the desk knows

# What anybody may use, and what every administrator may whatever their rights, and why: what is in neither
# list asks for a right, or for the owner or an operator. A route that is nowhere is denied, and the matrix
# fails. A word of a command that has its authority to itself stands as `command word`.
OPEN = frozenset({
    "forget", "mydata", "offers", "optout", "quiet", "pv.forget",
    "admins", "approval", "connect", "connection", "disconnect", "draws", "help", "helpers", "id", "mypacket",
    "packets", "ping", "pinned", "points", "privacy", "reconnect", "report", "rules", "start", "verify",
    "warns", "why",
    "answer", "ask", "experts", "queue",  # who is no expert is told so by the service
    "checkin", "here", "me", "orders", "shop", "top", "ci.in", "ga.in", "ga.out", "ga.remind",
    "sh.buy", "sh.sure", "wall", "sc.enough", "sc.mute", "pl.ask", "pl.recall",
    "bind", "bridge", "role", "br.yes", "br.no", "relay", "mk.ans",  # the service asks who may
    "codes", "coupons", "cp.take", "enter", "votes", "co.vote",  # /codes: the service asks who began the pool
    "co.agree", "lt.claim", "lt.enter", "nt.ack", "rp.grab", "rp.own", "rp.result", "ru.appeal",
    "ent.accept", "ent.here", "ent.pick", "ent.rules",
    "chatfed", "filters", "get", "notes", "no.open",
    "anniversary", "birthday", "buy", "menu", "li.run", "invite", "care.done", "care.leave",
    # of a federation, whose owner and admins are no matter of the group: the service asks for them
    "delfed", "fban", "fbanlist", "fedadmins", "feddemote", "fedinfo", "fednotif", "fedpromote", "fedreason",
    "importfbans", "myfeds", "newfed", "renamefed", "setfedlog", "subfed", "unfban", "unsetfedlog",
    "unsubfed", "fed.del", "help.mod",
})  # fmt: skip
ANY_ADMIN = {
    name.replace("_", " "): reason
    for reason, names in {
        "a question: it shows what is set here, and changes nothing":
            "blocklist cleanservicetypes disableable disabled locks locktypes logcategories doctor plans "
            "actiontopic activations recipes stage help.more",
        "a question about people and days, which every administrator may ask to do their work":
            "approved case info stats review sessions notices rehearse spamscore ru.look tasks market "
            "roster gatherings checkin_report checkin_报告",
        "opens nothing: every command sent through it is asked for anew": "cn.to",
        "what whoever says it takes upon themselves, or notes for others; nothing happens to anybody":
            "keyperson tag",
        "at the counter: confirms what somebody has a code for": "redeem handover",
    }.items()
    for name in names.split()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Actor:
    """One kind of sender: the standing Telegram tells of them, and as what they write (as they are, as the
    group, as a channel, or as the linked channel by itself). `known` False: Telegram does not answer."""

    id: int
    status: str = "member"
    rights: frozenset[str] = frozenset()
    writes_as: str = "themselves"
    known: bool = True
    was: str = ""
    bot: bool = False
    on_shift: bool = False


def _admin(id_: int, *rights: str) -> Actor:
    return Actor(id_, "administrator", frozenset({*rights, "manage"}))


ACTORS = {
    "owner": Actor(21, "creator", frozenset(RIGHTS)),
    "operator": Actor(OPERATOR),
    "administrator with every right": _admin(23, *RIGHTS),
    "administrator without rights": _admin(24),
    "administrator who deletes": _admin(25, "delete"),
    "administrator who restricts": _admin(26, "restrict"),
    "administrator with all else": _admin(27, "pin", "invite", "promote", "info", "topics"),
    "anonymous administrator": Actor(28, "administrator", frozenset(RIGHTS), writes_as="group"),
    "former administrator": Actor(29, was="administrator"),
    "member": Actor(30),
    "member on a break": Actor(31, "restricted"),
    "somebody who left or was banned": Actor(32, "kicked"),
    "another bot": Actor(33, bot=True),
    "channel": Actor(34, writes_as="channel"),
    "linked channel": Actor(35, writes_as="linked"),
    "stranger": Actor(36, known=False),
    "helper on their shift": Actor(37, on_shift=True),
}


def allowed(actor: Actor, asks: tuple[str, str]) -> bool:
    """What the house says of somebody who acts as themselves: rights come from standing alone, and nobody is
    more than they can prove. `asks` are who may and the rights an administrator needs."""
    who, right = asks
    if who == "anyone" or actor.id == OPERATOR or (who == "helper" and actor.on_shift):
        return True
    if not actor.known or who == "operator":
        return False
    if who == "owner" or actor.status == "creator":
        return actor.status == "creator"
    if who not in ("admin", "helper"):
        raise AssertionError(f"nothing is stated of who={who!r}")
    return actor.status == "administrator" and set(right.split()) <= actor.rights


def says(actor: Actor, asks: tuple[str, str]) -> bool:
    """And of a command as they write it: who writes as the group may what anybody may, until they prove who
    they are; a channel never is more, and what Telegram forwards from the linked one is no command."""
    if actor.writes_as == "themselves":
        return allowed(actor, asks)
    return asks[0] == "anyone" and actor.writes_as != "linked"


def unstated(registry: Registry) -> list[str]:
    """Routes that are open, or open to every administrator, though no list says so; and list entries that
    ask for more than the list says."""
    wrong = []
    routes = [(t.kind, t.who, t.right) for t in registry.taps.values()]
    for c in registry.every_command:
        routes.append((c.name, *c.asks("")))
        routes += [(f"{c.name} {word}", *c.asks(word)) for word in c.admin_args]
    for name, who, right in routes:
        if (who == "anyone") != (name in OPEN):
            wrong.append(f"{name}: who={who}")
        elif (who in ("admin", "helper") and not right) != (name in ANY_ADMIN):
            wrong.append(f"{name}: who={who} right={right!r}")
    return wrong


def sample(kind: type[Any]) -> Any:
    """A value of a button's type; `chat` is the group."""
    found = inspect.type_info(kind)
    assert isinstance(found, inspect.StructType)
    made = {inspect.IntType: 1, inspect.StrType: "a", inspect.BoolType: True, inspect.FloatType: 1.0}
    values: dict[str, Any] = {}
    for f in found.fields:
        if type(f.type) in made:
            values[f.name] = made[type(f.type)]
    return kind(**values)
