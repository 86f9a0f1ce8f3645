"""What a rehearsal found so far."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct, field


class Example(Struct):
    """Something that would have been hit: when, what was matched, of a flood how many messages and which
    kind, and by whom."""

    at: datetime
    matched: str
    n: int = 0
    kind: str = ""
    who: int = 0


class Tried(Struct):
    """What a rehearsal found so far. `heard`: harmless messages by person, where a rule looks at the first
    ones only. `what`: locks or entries that are tried alone."""

    messages: int = 0
    hits: int = 0
    people: list[int] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    heard: dict[str, int] = field(default_factory=dict)
    what: tuple[str, ...] = ()

    def hit(self, person: int, at: datetime, matched: str, n: int, *, most: int, kind: str = "") -> None:
        """One more hit; the newest are shown."""
        self.hits += 1
        if person not in self.people:
            self.people.append(person)
        self.examples = [Example(at, matched, n, kind, person), *self.examples][:most]

    def grow(self, person: int, at: datetime) -> None:
        """One more message of the flood that somebody began then."""
        for e in self.examples:
            if e.who == person and e.at == at:
                e.n += 1
