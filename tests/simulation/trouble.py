"""What goes wrong: the fault menu, each entry armed by a step of the script."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from groupbot.surfaces.sandbox.world import RIGHTS
from tests.simulation.people import pick

if TYPE_CHECKING:
    from tests.simulation.sim import Sim

BODIES = (
    '{"update_id": %d, "message": {"date": 1}}',
    '{"update_id": %d, "message": {"message_id": "x", "date": [], "chat": 5}}',
    '{"update_id": %d, "message": {"message_id": 9, "date": 1800000000, "chat": {"id": 1e400}}}',
    '{"update_id": %d, "callback_query": {"id": 7, "from": null}}',
    '{"update_id": %d, "message": {"message_id": 5, "date": 1, "chat": {"id": -5, "type": "group"}, '
    '"text": "\\ud800 lone"}}',
    '{"update_id": %d, "chat_member": {"old_chat_member": 1}}',
    '{"update_id": %d, "message": null}',
    '{"update_id": %d}',
    '{"update_id": %d, "my_chat_member": "x"}',
    '{"update_id": %d, "message_reaction": {"chat": {}, "user": {}}}',
    '{"update_id": %d, "poll_answer": {"poll_id": {}}}',
)


class Trouble:
    """The faults. Numbers `a` to `d` are the step's own, in 0..1."""

    sim: Sim

    # --- calls and polls
    def _calls(self, kind: str, a: float, b: float, number: float = 0.0) -> None:
        self.sim.faults.calls.extend([(kind, number)] * (1 + int(a * 4)))

    def calls_429(self, a: float, b: float, c: float, d: float) -> None:
        self.sim.faults.calls.append(("429", float(1 + int(b**4 * 120))))
        if d > 0.8:  # the process dies within the silence
            self.sim.loop.call_later(1 + c * 5, self.kill, a, b, c, d)

    def calls_429_elsewhere(self, a: float, b: float, c: float, d: float) -> None:
        self._calls("429 elsewhere", a, b, float(1 + int(b * 20)))

    def calls_timeout(self, a: float, b: float, c: float, d: float) -> None:
        self._calls("timeout", a, b)

    def calls_timeout_after(self, a: float, b: float, c: float, d: float) -> None:
        self._calls("timeout after", a, b)

    def calls_reset(self, a: float, b: float, c: float, d: float) -> None:
        self._calls("reset", a, b)

    def calls_reset_after(self, a: float, b: float, c: float, d: float) -> None:
        self._calls("reset after", a, b)

    def calls_5xx(self, a: float, b: float, c: float, d: float) -> None:
        self._calls("5xx", a, b)

    def calls_5xx_after(self, a: float, b: float, c: float, d: float) -> None:
        self._calls("5xx after", a, b)

    def calls_garbled(self, a: float, b: float, c: float, d: float) -> None:
        self._calls("garbled", a, b)

    def calls_unreached(self, a: float, b: float, c: float, d: float) -> None:
        self._calls("unreached", a, b)

    def slow(self, a: float, b: float, c: float, d: float) -> None:
        self.sim.faults.slow = 0.0 if a > 0.5 else b * 3

    def _polls(self, kind: str, a: float, number: float = 0.0) -> None:
        self.sim.faults.polls.extend([(kind, number)] * (1 + int(a * 3)))

    def polls_conflict(self, a: float, b: float, c: float, d: float) -> None:
        self._polls("conflict", a)

    def polls_429(self, a: float, b: float, c: float, d: float) -> None:
        self._polls("429", 0.0, float(1 + int(b * 30)))

    def polls_5xx(self, a: float, b: float, c: float, d: float) -> None:
        self._polls("5xx", a)

    def polls_reset(self, a: float, b: float, c: float, d: float) -> None:
        self._polls("reset", a)

    def polls_timeout(self, a: float, b: float, c: float, d: float) -> None:
        self._polls("timeout", 0.0)

    def polls_lost(self, a: float, b: float, c: float, d: float) -> None:
        self._polls("lost", a)

    # --- updates
    def duplicate(self, a: float, b: float, c: float, d: float) -> None:
        """Delivered again under the same id, out of its place."""
        found = pick(self.sim.recent(), a)
        if found is not None:
            self.sim.again(copy.deepcopy(found))

    def reorder(self, a: float, b: float, c: float, d: float) -> None:
        """Queues of different people and chats overtake each other."""
        waiting = self.sim.queue
        if len(waiting) > 1:
            at = int(a * (len(waiting) - 1))
            one, two = waiting[at], waiting[at + 1]
            fresh = one["update_id"] not in self.sim.reached and two["update_id"] not in self.sim.reached
            if fresh and self.sim.lane(one) != self.sim.lane(two):
                first, second = one["update_id"], two["update_id"]
                waiting[at], waiting[at + 1] = two, one
                two["update_id"], one["update_id"] = first, second

    def late(self, a: float, b: float, c: float, d: float) -> None:
        """The newest update comes minutes to hours after its time."""
        if self.sim.queue and self.sim.queue[-1]["update_id"] not in self.sim.reached:
            self.sim.hold(self.sim.queue.pop(), 60 + a**3 * 7200)

    def unknown(self, a: float, b: float, c: float, d: float) -> None:
        """Kinds and fields that nobody knew when this was written."""
        sim, room = self.sim, self.sim.groups()[0]
        user = {"id": sim.members[0], "is_bot": False, "first_name": "N"}
        message = {
            "message_id": 900000 + int(b * 1e5),
            "date": int(sim.world.clock.now()),
            "chat": room.brief(),
        }
        bodies: list[dict[str, Any]] = [
            {"hologram": {"chat": room.brief(), "depth": 3}},
            {"message": message | {"from": user, "hologram_message": {"layers": [1, 2]}}},
            {"edited_hologram": None},
            {"message": message | {"from": user, "text": "x", "brand_new": {"deep": [{}] * 3}}},
            {"message": message | {"from": user, "new_service": {}}},
        ]
        self.sim.inject(bodies[int(a * len(bodies))])

    def malformed(self, a: float, b: float, c: float, d: float) -> None:
        self.sim.inject_raw(BODIES[int(a * len(BODIES))])

    def unstorable(self, a: float, b: float, c: float, d: float) -> None:
        """What decodes, and databases may not like."""
        room = self.sim.groups()[0]
        bad = ("\x00", "\udfff", "a" * 70000, "\u202e" * 9)[int(a * 4)]
        user = {"id": self.sim.members[1], "is_bot": False, "first_name": bad[:60] or "N"}
        message = {"message_id": 800000 + int(b * 1e5), "date": int(self.sim.world.clock.now()), "from": user}
        body = {
            "message": message | {"chat": room.brief() | {"title": room.title + bad[:1]}, "text": "hm " + bad}
        }
        self.sim.inject_raw(
            json.dumps({"update_id": -1} | body).replace('"update_id": -1', '"update_id": %d')
        )

    # --- the chat and the bot's place in it
    def upgrade(self, a: float, b: float, c: float, d: float) -> None:
        self.sim.grow()

    def lose_rights(self, a: float, b: float, c: float, d: float) -> None:
        sim, room = self.sim, self.sim.groups()[int(a * len(self.sim.groups()))]
        sim.spared(room)
        kept = {r for i, r in enumerate(RIGHTS) if (int(b * 4096) >> i) & 1} | {"can_manage_chat"}
        if room.type == "supergroup" and sim.world.member(room, sim.bot).inside:
            sim.world.promote(room.id, sim.bot, sim.owner, kept if c > 0.2 else set())

    def expel(self, a: float, b: float, c: float, d: float) -> None:
        sim, room = self.sim, self.sim.groups()[int(a * len(self.sim.groups()))]
        sim.spared(room)
        if sim.world.member(room, sim.bot).inside:
            sim.world.remove_bot(sim.token, room.id, sim.owner)

    def regain(self, a: float, b: float, c: float, d: float) -> None:
        self.sim.make_whole(a)

    def close_topic(self, a: float, b: float, c: float, d: float) -> None:
        sim = self.sim
        for room in sim.groups():
            topic = pick([t for t in room.topics.values() if t.id != 1], a)
            if topic is not None:
                sim.world.change_topic(room, sim.owner, topic, closed=b > 0.3)

    # --- time
    def step_clock(self, a: float, b: float, c: float, d: float) -> None:
        """The machine's clock is set wrong by up to an hour, or right again; Telegram's is not touched."""
        sim = self.sim
        by = timedelta(seconds=0) if a < 0.3 else timedelta(seconds=(b - 0.5) * 7200)
        sim.clock.shift(by - sim.clock.offset)
        sim.stepped = True
        sim.note("clock", by.total_seconds())

    def freeze(self, a: float, b: float, c: float, d: float) -> None:
        """The process stands still for up to two minutes (SIGSTOP, a swapping machine), or for up to twenty
        (a machine that sleeps)."""
        self.sim.note("frozen", a)
        self.sim.loop.advance(2 + a * 118 + (0 if b < 0.75 else 1080 * c))
        self.sim.froze = self.sim.loop.time()

    def minutes(self, a: float, b: float, c: float, d: float) -> None:
        self.sim.let_pass(30 + a * 600)

    def hours(self, a: float, b: float, c: float, d: float) -> None:
        self.sim.let_pass(1800 + a**2 * 26 * 3600, 12)

    # --- database and process
    def db_begin(self, a: float, b: float, c: float, d: float) -> None:
        """Locked for a moment, or for longer than the writer has patience."""
        times = 1 + int(a**2 * 12) if b < 0.6 else 14 + int(a * 10)
        self.sim.faults.busy.extend(["begin:database is locked"] * times)

    def db_commit(self, a: float, b: float, c: float, d: float) -> None:
        self.sim.faults.busy.extend(["commit:database is locked"] * (1 + int(a * 3)))

    def db_full(self, a: float, b: float, c: float, d: float) -> None:
        where = "commit" if b > 0.5 else "write"
        self.sim.faults.busy.extend([f"{where}:database or disk is full"] * (1 + int(a * 3)))

    def db_refuse(self, a: float, b: float, c: float, d: float) -> None:
        """A row of a handler's is not taken: a constraint, a trigger; or it fails at its very end, when
        it has said and counted everything."""
        if c < 0.5:
            self.sim.faults.refused = 1 + int(a * 2)
        else:
            self.sim.faults.broken = 1 + int(a * 2)

    def kill(self, a: float, b: float, c: float, d: float) -> None:
        if not self.sim.process.dead and not self.sim.calm:
            self.sim.met("killed")
            self.sim.process.kill()

    def _kill_at(self, point: str, a: float) -> None:
        self.sim.faults.dead_at[point] = int(a**2 * 40)

    def kill_commit_before(self, a: float, b: float, c: float, d: float) -> None:
        self._kill_at("commit:before", a)

    def kill_commit_after(self, a: float, b: float, c: float, d: float) -> None:
        self._kill_at("commit:after", a)

    def kill_call_before(self, a: float, b: float, c: float, d: float) -> None:
        self._kill_at("call:before", a)

    def kill_call_after(self, a: float, b: float, c: float, d: float) -> None:
        self._kill_at("call:after", a)


FAULT_ACTS: dict[str, Callable[..., None]] = {
    name: fn for name, fn in vars(Trouble).items() if callable(fn) and not name.startswith("_")
}
