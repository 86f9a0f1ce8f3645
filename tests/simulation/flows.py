"""The flows that must survive a death at any point: what people do, step by step, and what stands at the end.

A step acts on the simulation and waits for the bot to be done with it. `outcome` is a query of the database,
`world` a look at Telegram; both must find the same after every death as without any.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groupbot.surfaces.sandbox.world import ChatRoom
from tests.simulation.sim import Sim

Step = Callable[[Sim], None]


@dataclass(frozen=True, slots=True)
class Flow:
    """Steps, and what stands at the end: SQL, or the member whose standing in Telegram counts."""

    name: str
    steps: tuple[Step, ...]
    outcome: str = "SELECT 1"
    world: Callable[[Sim], Any] = lambda sim: None
    lasts: float = 0.0  # virtual seconds it goes on after its last step


def room(sim: Sim, which: int = 0) -> ChatRoom:
    """One of the groups: Alpha, Beta (a forum), Gamma (a basic group)."""
    return next(r for r in sim.groups() if r.title == ("Alpha", "Beta", "Gamma")[which])


def says(text: str, *, by: str = "owner", which: int = 0, to_last: bool = False) -> Step:
    """`by`: owner, boss, a member's number. `to_last`: in reply to the newest message of M0's."""

    def step(sim: Sim) -> None:
        here = room(sim, which)
        who = sim.members[int(by)] if by.isdigit() else getattr(sim, by)
        written = text.format(word=sim.words[sim.home(here)], who=sim.members[1], decoy=sim.members[2])
        own = [n for n, m in here.messages.items() if m["from"]["id"] == sim.members[1]]
        made = sim.world.say(who, here.id, written, reply_to=own[-1] if to_last and own else None)
        if sim.words[sim.home(here)] in written and by.isdigit():
            sim.forbid(made)

    return step


def presses(tag: str, *who: int, which: int = 0) -> Step:
    """Members press the newest button of that kind; nobody where it was never shown."""

    def step(sim: Sim) -> None:
        here = room(sim, which)
        found = [(m, data) for m, data in sim._buttons(here) if data.startswith(tag)]
        for n in who if found else ():
            sim.pressing(sim.members[n], here, *found[-1])

    return step


def owner_presses(tag: str) -> Step:
    """The owner presses the newest button of that kind in private."""

    def step(sim: Sim) -> None:
        private = sim.world.chats[sim.owner]
        found = [(m, data) for m, data in sim._buttons(private) if data.startswith(tag)]
        if found:
            sim.pressing(sim.owner, private, *found[-1])

    return step


def edits(sim: Sim) -> None:
    """M0's newest message becomes a forbidden one."""
    here = room(sim)
    number = [n for n, m in here.messages.items() if m["from"]["id"] == sim.members[1]][-1]
    sim.world.edit(sim.members[1], here.id, number, f"edited {sim.words[sim.home(here)]}")
    sim.forbid(here.messages[number])


def comes_back(sim: Sim) -> None:
    """M0 leaves and joins."""
    sim.world.leave(sim.members[1], room(sim).id)
    sim.world.join(sim.members[1], room(sim).id)


def standing(sim: Sim) -> str:
    """M0's standing in Alpha."""
    return str(sim.world.member(room(sim), sim.members[1]).status)


def words_left(sim: Sim) -> list[str]:
    """The forbidden messages that stand."""
    return [
        str(m.get("text"))
        for r in sim.groups()
        for m in r.messages.values()
        if sim.words[sim.home(r)] in str(m.get("text", "")) and m["from"]["id"] in sim.members
    ]


FLOWS = (
    Flow("check-in", (says("/checkin", by="1"),), "SELECT kind, count(*) FROM txn GROUP BY 1"),
    Flow(
        "award",
        (says("well done", by="1"), says("/award 7 thanks", to_last=True)),
        "SELECT kind, sum(balance) FROM account GROUP BY 1",
    ),
    Flow(
        "award taken back",
        (
            says("well done", by="1"),
            says("/award 7 thanks", to_last=True),
            lambda sim: sim.undo_award(),  # type: ignore[attr-defined]
        ),
        "SELECT kind, count(*) FROM txn GROUP BY 1",
    ),
    Flow(
        "packet grabbed empty",
        (says("/redpacket 20 3 equal"), presses("rp.grab", 1, 2, 3, 4)),
        "SELECT k.state, k.n, (SELECT count(*) FROM packet_claim), (SELECT sum(amount) FROM packet_claim)"
        " FROM packet k",
    ),
    Flow(
        "packet left over",
        (says("/redpacket 20 3 equal"), presses("rp.grab", 1)),
        "SELECT k.state, (SELECT count(*) FROM packet_claim),"
        " (SELECT sum(balance) FROM account WHERE kind = 'pot') FROM packet k",
        lasts=90000.0,
    ),
    Flow(
        "draw",
        (says("/lottery gift x1 60s"), presses("lt.enter", 1, 2, 3)),
        "SELECT l.state, (SELECT count(*) FROM lottery_entry), (SELECT count(*) FROM lottery_award)"
        " FROM lottery l",
        lasts=180.0,
    ),
    Flow(
        "shop",
        (
            says("I am here", by="1"),
            says("/award 9 thanks", to_last=True),
            says("/shop add 4 1 cup"),
            says("/shop", by="1"),
            presses("sh.buy", 1),
            presses("sh.sure", 1),
        ),
        "SELECT (SELECT count(*) FROM shop_order), (SELECT sum(balance) FROM account WHERE kind = 'member')",
    ),
    Flow(
        "forbidden word",
        (says("come to {word}", by="1"), says("{word} again", by="2", which=1)),
        "SELECT chat_id, action, count(*) FROM verdict GROUP BY 1, 2",
        words_left,
    ),
    Flow(
        "edited into one",
        (says("good morning", by="1"), edits),
        "SELECT count(*) FROM verdict",
        words_left,
    ),
    Flow("ban", (says("/ban {who} spam"),), "SELECT action, count(*) FROM verdict GROUP BY 1", standing),
    Flow("mute", (says("/tmute {who} 2h"),), "SELECT action, count(*) FROM verdict GROUP BY 1", standing),
    Flow(
        "ban undone",
        (says("/ban {who} spam"), says("/undo 1")),
        "SELECT action, count(undone_at) FROM verdict GROUP BY 1",
        standing,
    ),
    Flow(
        "warned three times",
        (says("/warn {who} loud"), says("/warn {who} loud"), says("/warn {who} loud", by="boss")),
        "SELECT action, count(*) FROM verdict GROUP BY 1",
        standing,
    ),
    Flow(
        "captcha",
        (says("/captcha on"), comes_back, presses("ent.here", 1)),
        "SELECT count(*) FROM newcomer",
        standing,
    ),
    Flow(
        "event",
        (says("/event 5 1h Tea round"), presses("ga.in", 1, 2)),
        "SELECT (SELECT count(*) FROM gathering), (SELECT count(*) FROM gathering_seat)",
    ),
    Flow(
        "retired",
        (
            says("/qr Till"),
            says("/qr Till"),  # whose answer died with the bot asks again
            says("/lottery gift x1 9h"),
            says("/redpacket 20 2 equal"),
            presses("rp.grab", 1),
            says("/retire @elsewhere"),
            owner_presses("lc.retire"),
            says("/checkin", by="1"),
            says("/retire undo"),  # what is alive is asked for at the end
        ),
        "SELECT c.state, (SELECT count(*) FROM retirement WHERE state = 'undone'),"
        " (SELECT count(*) FROM checkin),"
        " (SELECT group_concat(state) FROM packet), (SELECT group_concat(state) FROM lottery),"
        " (SELECT sum(balance) FROM account WHERE kind = 'pot'),"
        " (SELECT count(*) FROM outbox WHERE cause = 'handle:lc.retire' AND kind = 'revoke'),"
        " (SELECT count(*) FROM outbox WHERE why = 'retired' AND kind = 'send')"
        " FROM chat c WHERE c.title = 'Alpha'",
        lambda sim: sum(m["is_revoked"] for m in room(sim).links.values() if m.get("name") == "Till"),
        lasts=30.0,
    ),
    Flow(
        "notes and filters",
        (
            says("/save menu green tea"),
            says("/filter tea ask us"),
            says("#menu", by="1"),
            says("tea?", by="2"),
        ),
        "SELECT (SELECT count(*) FROM chat_note), (SELECT count(*) FROM chat_filter)",
    ),
    Flow(
        "upgrade",
        (
            says("/redpacket 20 2 equal", which=2),
            lambda sim: sim.grow(),
            says("{word} there", by="1", which=2),
            says("/ping", which=2),
        ),
        "SELECT count(DISTINCT chat_id) FROM chat_address WHERE telegram_id < 0",
        words_left,
    ),
    Flow(
        "planned posts",
        (),
        "SELECT ref, count(*) FROM outbox WHERE lane = 3 AND kind = 'send' GROUP BY 1",
        lasts=1800.0,
    ),
)  # fmt: skip
