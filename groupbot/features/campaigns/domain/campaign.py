"""A campaign as written in a file, checked; whether two flagships meet; when it does harm."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from msgspec import Struct

from groupbot.features.campaigns.domain.thresholds import levels_of
from groupbot.features.campaigns.domain.trial import Trial
from groupbot.features.engagement.domain.measures import Levels
from groupbot.features.promos.domain import Audience, Wrong, nearest, there_is

REQUIRED = ("name", "reason", "audience", "start", "end", "stop", "phases", "contact")
FIELDS = (*REQUIRED, "flagship", "run", "test", "state", "chain", "lot", "levels")
LINKS = ("connect", "spread", "sell")  # of the chain of value, each run singly or in series
LONGEST = 50  # characters of a name, a phase's or a test's too: what was decided is kept under it
_EXAMPLE = {
    "name": "name: Lanterns 2027",
    "reason": "reason: the new tea is here, regulars taste it first",
    "audience": "audience: stores",
    "start": "start: 2027-02-14",
    "end": "end: 2027-02-20",
    "stop": "stop: {leaves: 2%, complaints: 5}",
    "phases": "phases: [{name: warm-up}, {name: offer, from: 2027-02-17, seen: 80%}]",
    "contact": 'contact: "@zhou"',
    "test": "test: {name: opening, base: 3%, days: 7}",
    "chain": "chain: [connect, spread, sell]",
    "lot": "lot: 7",
    "run": "run: [{at: 2027-02-14 09:30, role: stock, who: Zhou, do: count the boxes}]",
}


class Phase(Struct, frozen=True):
    """A part of a campaign. It opens on its day, once the phase before was `seen` in such a share of the
    groups (0…1)."""

    name: str
    opens: date
    seen: float = 0.0


class Cue(Struct, frozen=True):
    """A line of the run-of-show: when (wall clock of the operators), in which role, who does what."""

    at: datetime
    role: str
    who: str
    do: str

    @property
    def mark(self) -> int:
        """Of this line wherever it stands in an edited file; another time, role or task is another line."""
        return zlib.crc32(f"{self.at:%Y-%m-%dT%H:%M}|{self.role}|{self.do}".encode())


class Campaign(Struct, frozen=True):
    """`leaves` is the share of members (0…1) and `complaints` the number of wishes for quiet that stop it.
    Of flagships only one may run for a group at a time. `chain`: the links of LINKS it is meant to move.
    `lot`: days by which half of the groups, drawn by lot, begin later; 0: all begin at once. `levels`: from
    where on it passes a level of ignition."""

    name: str
    reason: str
    whom: Audience
    start: date
    end: date
    leaves: float
    complaints: int
    phases: tuple[Phase, ...]
    contact: str
    flagship: bool = False
    run: tuple[Cue, ...] = ()
    test: Trial | None = None
    draft: bool = False
    chain: tuple[str, ...] = ()
    lot: int = 0
    levels: Levels = Levels()


def campaign_of(raw: Any, audiences: Mapping[str, Audience]) -> Campaign:
    """A campaign as written.

    Raises:
        Wrong: names the field, what was expected, and an example.
    """
    if not isinstance(raw, dict):
        raise Wrong("", "campaign: expected a mapping", "write - name: Lanterns 2027")
    for field in raw:
        if field not in FIELDS:
            raise Wrong(str(field), f"{field}: no such field", nearest(str(field), FIELDS))
    for field in REQUIRED:
        if raw.get(field) in (None, "", [], {}):
            raise _wrong(field, raw.get(field), "it before a campaign may begin")
    name = str(raw["name"]).strip()
    if len(name) > LONGEST or "/" in name:
        raise _wrong("name", name, f"at most {LONGEST} characters, without /")
    audience = str(raw["audience"])
    if audience not in audiences:
        raise Wrong("audience", f"audience: no audience {audience!r}", nearest(audience, audiences))
    start, end = _day("start", raw["start"]), _day("end", raw["end"])
    if not start <= end <= start + timedelta(days=120):
        raise _wrong("end", raw["end"], "a day not before the start and within 120 days")
    stop = raw["stop"]
    if not isinstance(stop, dict) or set(stop) != {"leaves", "complaints"}:
        raise _wrong("stop", stop, "leaves and complaints")
    complaints = stop["complaints"]
    if not isinstance(complaints, int) or isinstance(complaints, bool) or complaints < 1:
        raise _wrong("stop.complaints", complaints, "a whole number above 0", "stop")
    flagship = raw.get("flagship", False)
    if not isinstance(flagship, bool):
        raise Wrong("flagship", f"flagship: {flagship!r}, expected true or false", "write flagship: true")
    return Campaign(
        name=name,
        reason=str(raw["reason"]),
        whom=audiences[audience],
        start=start,
        end=end,
        leaves=_share("stop.leaves", stop["leaves"], "stop"),
        complaints=complaints,
        phases=_phases(raw["phases"], start, end),
        contact=str(raw["contact"]),
        flagship=flagship,
        run=_run(raw.get("run"), end),
        test=_test(raw.get("test"), (end - start).days + 1),
        draft=_draft(raw.get("state", "live")),
        chain=_chain(raw.get("chain")),
        lot=_lot(raw.get("lot", 0)),
        levels=levels_of(raw.get("levels")),
    )


def clashes(campaigns: Iterable[Campaign], chats: Mapping[str, frozenset[int]]) -> list[tuple[str, str, int]]:
    """Flagships that would run for the same groups at the same time: (one, other, groups). `chats` are the
    groups of each audience by its name; of an audience nobody knows yet equal names count as one group."""
    flags = sorted((c for c in campaigns if c.flagship), key=lambda c: (c.start, c.name))
    found = []
    for n, one in enumerate(flags):
        for other in flags[n + 1 :]:
            if other.start > one.end:
                continue
            both = chats.get(one.whom.name, frozenset()) & chats.get(other.whom.name, frozenset())
            if both or one.whom == other.whom:
                found.append((one.name, other.name, len(both)))
    return found


def too_much(left: int, members: int, complaints: int, limit: Campaign) -> str:
    """What stops the campaign now: 'leaves' or 'complaints', else ''. A single leave stops nothing."""
    if left >= 3 and members and left >= limit.leaves * members:
        return "leaves"
    return "complaints" if complaints >= limit.complaints else ""


# --- fields
def _wrong(field: str, value: Any, expected: str, example: str = "") -> Wrong:
    said = "nothing" if value in (None, "", [], {}) else repr(value)
    return Wrong(field, f"{field}: {said[:80]}, expected {expected}", f"write {_EXAMPLE[example or field]}")


def _day(field: str, value: Any, example: str = "") -> date:
    day = value
    if isinstance(value, str):
        there_is(field, value)
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
    if not isinstance(day, date) or isinstance(day, datetime):
        raise _wrong(field, value, "a day", example)
    return day


def _share(field: str, value: Any, example: str) -> float:
    text = str(value).strip()
    try:
        number = float(text.removesuffix("%")) / 100 if text.endswith("%") else None
    except ValueError:
        number = None
    if number is None or not 0 < number <= 1:
        raise _wrong(field, value, "a share above 0 % up to 100 %", example)
    return number


def _phases(raw: Any, start: date, end: date) -> tuple[Phase, ...]:
    if not isinstance(raw, list) or not 0 < len(raw) <= 10:
        raise _wrong("phases", raw, "a list of 1 to 10 phases")
    found: list[Phase] = []
    for n, each in enumerate(raw):
        place = f"phases[{n}]"
        if not isinstance(each, dict) or not set(each) <= {"name", "from", "seen"} or not each.get("name"):
            raise _wrong(place, each, "name, from and seen", "phases")
        opens = _day(f"{place}.from", each["from"], "phases") if each.get("from") else start
        if not (found[-1].opens if found else start) <= opens <= end:
            raise _wrong(f"{place}.from", each.get("from"), "a day of the campaign, in order", "phases")
        name = str(each["name"])
        if name in [p.name for p in found] or "/" in name or len(name) > LONGEST:
            what = f"another name of at most {LONGEST} characters, without /"
            raise _wrong(f"{place}.name", name, what, "phases")
        seen = _share(f"{place}.seen", each["seen"], "phases") if each.get("seen") else 0.0
        found.append(Phase(name, opens, seen))
    return tuple(found)


def _run(raw: Any, end: date) -> tuple[Cue, ...]:
    found = []
    for n, each in enumerate(raw if isinstance(raw, list) else [] if raw is None else [raw]):
        place = f"run[{n}]"
        if not isinstance(each, dict) or set(each) != {"at", "role", "who", "do"}:
            raise _wrong(place, each, "at, role, who and do", "run")
        at = each["at"]
        if isinstance(at, str):
            there_is(f"{place}.at", at)
            try:
                at = datetime.fromisoformat(at)
            except ValueError:
                at = None
        if isinstance(at, date) and not isinstance(at, datetime):
            at = datetime.combine(at, time(9))
        if not isinstance(at, datetime) or at.tzinfo is not None:
            raise _wrong(f"{place}.at", each["at"], "a wall-clock time", "run")
        if at.date() > end:
            raise _wrong(f"{place}.at", each["at"], f"a time not after the end, {end}", "run")
        found.append(Cue(at, str(each["role"]), str(each["who"]), str(each["do"])))
    return tuple(sorted(found, key=lambda c: c.at))


def _chain(raw: Any) -> tuple[str, ...]:
    said = raw if isinstance(raw, list) else [] if raw is None else [raw]
    for link in said:
        if link not in LINKS:
            raise _wrong("chain", link, f"some of {', '.join(LINKS)}")
    return tuple(link for link in LINKS if link in said)


def _lot(raw: Any) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not 0 <= raw <= 28:
        raise _wrong("lot", raw, "0 to 28 days")
    return raw


def _draft(raw: Any) -> bool:
    if raw not in ("live", "draft"):
        raise Wrong("state", f"state: {raw!r}, expected live or draft", "write state: draft")
    return bool(raw == "draft")


def _test(raw: Any, most: int) -> Trial | None:
    if raw is None:
        return None
    if not isinstance(raw, dict) or set(raw) != {"name", "base", "days"}:
        raise _wrong("test", raw, "name, base and days")
    name, days = str(raw["name"]), raw["days"]
    if len(name) > LONGEST:
        raise _wrong("test.name", name, f"at most {LONGEST} characters", "test")
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 60:
        raise _wrong("test.days", days, "1 to 60 days, fixed beforehand", "test")
    if days > most:
        raise _wrong("test.days", days, f"at most the {most} days of the campaign", "test")
    return Trial(name, _share("test.base", raw["base"], "test"), days)


def phase_now(campaign: Campaign, today: date, done: int, seen: Sequence[float]) -> int:
    """The phase that may be open today, from `done` on: its day has come, and the one before was seen by
    enough (`seen` by phase, 0…1)."""
    at = done
    while at + 1 < len(campaign.phases):
        following = campaign.phases[at + 1]
        if following.opens > today or (following.seen and seen[at] < following.seen):
            break
        at += 1
    return at
