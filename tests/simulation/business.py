"""What people do beside talk and games: friends are brought, contests held, experts asked, groups retired."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from groupbot.surfaces.sandbox.world import ChatRoom, Forbidden
from tests.simulation.ground import SPANS
from tests.simulation.people import pick

if TYPE_CHECKING:
    from tests.simulation.sim import Sim


class Business:
    """Acts of people. Numbers `a` to `d` are the step's own, in 0..1."""

    sim: Sim

    def refer(self, a: float, b: float, c: float, d: float) -> None:
        """A member asks for a link of their own."""
        room, user = self.sim._somebody(a, b)
        self.sim._say(user, room, "/invite" if c < 0.8 else "邀请")

    def come_by_link(self, a: float, b: float, c: float, d: float) -> None:
        """A friend comes by a member's own link, and says something."""
        sim, room = self.sim, self.sim._room(a)
        own = [url for url, made in room.links.items() if not made["is_revoked"]]
        link = pick(own, b)
        outside = [u for u in sim.members if not sim.world.member(room, u).inside]
        friend = pick(outside, c) if outside and c > 0.5 else sim.world.add_user(f"F{len(sim.world.users)}")
        if link is None or friend is None:
            return
        with suppress(Forbidden):
            sim.world.join(friend, room.id, link=link)
            sim.newcomers.add(friend)
            if d > 0.3:
                sim._say(friend, room, f"hello from a friend {int(d * 1e6)}")

    def contest(self, a: float, b: float, c: float, d: float) -> None:
        """One is held, entered, called off; votes are presses like others."""
        sim, room = self.sim, self.sim._room(a)
        boss, member = pick(sim.staff(room), b), pick(sim.plain(room), b)
        if c < 0.3 and boss is not None:
            sim._say(
                boss, room, ("/contest 1h 30+10 Best shop", "/contest cancel", "/contest out 1")[int(d * 3)]
            )
        elif c < 0.8 and member is not None:
            sim.world.carry(member, room.id, "photo", "/enter my shop", topic=sim._topic(room, d))
        elif member is not None:
            sim._say(member, room, ("/votes", "/enter back", "/enter only words")[int(d * 3)])

    def expert(self, a: float, b: float, c: float, d: float) -> None:
        """A member is named one, has an hour, is asked and answers."""
        sim, room = self.sim, self.sim._room(a)
        boss, member = pick(sim.staff(room), b), pick(sim.plain(room), b)
        said = pick([k[1] for k in sim.innocents if k[0] == room.id and k[1] in room.messages][-5:], d)
        if c < 0.4 and boss is not None and said is not None:
            sim._say(boss, room, "/expert Storage; evenings", reply_to=said)
            sim._say(boss, room, ("/ama Storage", "/ama 1h Storage", "/ama off")[int(d * 3)], reply_to=said)
        elif c < 0.8 and member is not None:
            sim._say(member, room, f"/ask how long does it keep {int(d * 1e6)}")
        elif boss is not None:
            sim._say(boss, room, ("/answer 1 a year", "/answer 2 in the dark", "/sessions")[int(d * 3)])

    def care(self, a: float, b: float, c: float, d: float) -> None:
        """Recipes are switched, birthdays told, key people named."""
        sim, room = self.sim, self.sim._room(a)
        boss, member = pick(sim.staff(room), b), pick(sim.members, b)
        said = pick([k[1] for k in sim.innocents if k[0] == room.id and k[1] in room.messages][-5:], d)
        if c < 0.4 and boss is not None:
            which = ("on newcomer", "on silent14", "off newcomer", "on birthday")[int(d * 4)]
            sim._say(boss, room, f"/recipes {which}")
        elif c < 0.8 and member is not None:
            sim.world.say(member, member, ("/birthday 06-15", "/birthday off", "/anniversary on")[int(d * 3)])
        elif boss is not None and said is not None:
            sim._say(boss, room, "/keyperson", reply_to=said)

    def campaign(self, a: float, b: float, c: float, d: float) -> None:
        """The operator launches it, looks at it, stops it."""
        sim = self.sim
        now = next((x["n"] for x in SPANS if x["start"] <= sim.clock.now().date() <= x["end"]), 0)
        what = ("launch {0} because we try", "{0}", "stop {0}", "skip {0} because we may", "reasons")
        text = what[int(a**2 * 5)].format(f"Spring {now}")
        sim.world.say(sim.owner, sim.owner, f"/campaign {text}")

    def retire(self, a: float, b: float, c: float, d: float) -> None:
        """A group is retired, and brought back a while later."""
        sim, room = self.sim, self.sim._room(a)
        home = sim.home(room)
        sim.resting.add(home)
        sim.spared(room)  # who is retired moderates nothing
        sim._say(sim.owner, room, "/retire @elsewhere")
        sim.loop.call_later(1 + b * 5, self._agreed, "lc.retire")
        sim.loop.call_later(10 + c * 200, self._back, home)

    def _agreed(self, button: str) -> None:
        """The owner presses what came in private: the newest of such buttons."""
        sim = self.sim
        private = sim.world.chats[sim.owner]
        found = [(m, data) for m, data in sim._buttons(private) if data.startswith(button)]
        if found and not sim.calm:
            sim.pressing(sim.owner, private, *found[-1])

    def _back(self, home: int) -> None:
        sim = self.sim
        for room in sim.groups():
            if sim.home(room) == home:
                self._undo(room)

    def _undo(self, room: ChatRoom) -> None:
        with suppress(Forbidden):
            self.sim._say(self.sim.owner, room, "/retire undo")

    def wake_up(self) -> None:
        """Whoever is retired yet is brought back: what is alive is asked for at the end."""
        for room in self.sim.groups():
            if self.sim.home(room) in self.sim.resting:
                self._undo(room)


ACTS = {name: fn for name, fn in vars(Business).items() if callable(fn) and not name.startswith("_")}
del ACTS["wake_up"]
