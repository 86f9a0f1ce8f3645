"""A group's history as Telegram Desktop exports it, read as acts. No text is kept.

The export's `date` is the exporter's own clock; `date_unixtime`, where there is one, says how far that is
from UTC. Service messages name people who were added or removed by name only: a name that one member of
the whole file bears alone is taken for them if it fits (who is added was not here, who is removed was), any
other counts as person 0. Of a file that breaks off such a message waits for the whole file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

from groupbot.core.events import ANONYMOUS_ADMIN
from groupbot.features.engagement.domain.authors import Authors
from groupbot.features.engagement.domain.exported import (
    AS_SENT,
    KNOWN,
    medium_of,
    names_of,
    person_of,
    plain,
    size_of,
    whole,
    words_of,
)
from groupbot.features.engagement.domain.questions import asks
from groupbot.features.engagement.domain.thanks import thanked

FOUNDED = datetime(2013, 8, 14, tzinfo=UTC)  # nothing on Telegram is older
RECENT = 50_000  # messages whose author is remembered, to know who is answered
DOORS = {
    "join_group_by_link": "link",
    "join_group_by_request": "own",
    "invite_members": "added",
    "remove_members": "left",
}


class Act(NamedTuple):
    """One thing that happened."""

    at: datetime
    person: int
    kind: str
    units: int = 0
    message_id: int | None = None
    topic: int | None = None
    reply_to: int | None = None
    medium: str | None = None  # of a message that is more than text


class Door(NamedTuple):
    """Somebody came or went. `how`: link | own | added | left | removed; `named`: told by name only."""

    at: datetime
    person: int
    how: str
    by: int | None = None
    named: bool = False


class Told(NamedTuple):
    """What one message of the export tells: acts, a door, its author's id and name, whom it mentions (ids, or
    usernames without @), and of one that opened a topic when, its number and name."""

    acts: list[Act]
    doors: list[Door]
    people: list[tuple[int, str]]
    named: tuple[int | str, ...] = ()
    topic: tuple[datetime, int, str] | None = None


LATER = Told([], [], [])  # cannot be told of this file, for it breaks off


def telegram_id(kind: str, number: int) -> int:
    """The Bot API's id of a chat of the export; basic groups have small negative ones."""
    return -number if kind == "private_group" else -(10**12) - number


def number_of(m: Any) -> int | None:
    """A message's number; None for what is no message."""
    return whole(m.get("id")) if type(m) is dict else None


def is_group(kind: object) -> bool:
    """Is this chat of the export a group?"""
    return kind in ("private_group", "private_supergroup", "public_supergroup")


class History:
    """The messages of one chat in the order of the file, by `authors`, who were learnt from it before.
    `counts` holds what was met, by kind."""

    def __init__(self, chat: int, zone: Callable[[], tzinfo], bots: frozenset[int], authors: Authors) -> None:
        self._chat = f"channel{chat}"
        self._zone = zone
        self._bots = bots
        self.counts: Counter[str] = Counter()
        self._bearers = authors
        self._shared: set[str] = set()  # names that somebody besides their bearer has
        self._here: dict[int, bool] = {}  # who spoke or came, and who went since
        self._reacted: dict[int, datetime] = {}  # when first
        self._people: set[int] = set()
        self._authors: dict[int, int] = {}
        self._topics: set[int] = set()
        self._topic_of: dict[int, int] = {}

    def tell(self, m: Any) -> Told | None:
        """The acts of one message, None for what is none; LATER: it cannot be told of this file."""
        if number_of(m) is None:
            self.counts["unknown: no message"] += 1
            return None
        kind = m.get("type")
        try:
            at = self._time(m)
            if kind == "message":
                return self._message(m, at)
            if kind == "service":
                return self._service(m, at)
        except (TypeError, ValueError, OverflowError, OSError, AttributeError, KeyError):
            self.counts["unknown: not as exports are"] += 1
            return None
        self.counts[f"unknown: {str(kind)[:40]}"] += 1
        return None

    def _time(self, m: dict[str, Any]) -> datetime:
        stamp = m.get("date_unixtime")
        if stamp is not None:
            at = datetime.fromtimestamp(int(stamp), UTC)
        else:
            at = datetime.fromisoformat(m["date"]).replace(tzinfo=self._zone()).astimezone(UTC)
        if at < FOUNDED:
            raise ValueError("before Telegram")
        return at

    def _who(self, sender: Any) -> int | None:
        """A person's id; None for bots, channels and accounts that are gone."""
        if type(sender) is not str:
            self.counts["of deleted accounts"] += 1
            return None
        if sender[:4] == "user":
            person = person_of(sender)
            if person in self._bots:
                self.counts["of bots"] += 1
                return None
            return person
        if sender == self._chat:
            return ANONYMOUS_ADMIN
        self.counts["of channels"] += 1
        return None

    def _named(self, person: int, name: Any) -> list[tuple[int, str]]:
        """The author, if they are new to the file."""
        if person in self._people:
            return []
        self._people.add(person)
        return [(person, plain(name)[:64])] if person != ANONYMOUS_ADMIN else []

    def _message(self, m: dict[str, Any], at: datetime) -> Told | None:
        person = self._who(m.get("from_id"))
        if person is None:  # what members did with it counts
            return self._told(m, at, [], [])
        number = m["id"]
        people = self._named(person, m.get("from"))
        self._here[person] = True
        text = m.get("text", "")
        size, first = size_of(text)
        answered = whole(m.get("reply_to_message_id"))
        topic: int | None = None
        if self._topics and answered is not None:
            topic = answered if answered in self._topics else self._topic_of.get(answered)
            if topic is not None:
                self._topic_of[number] = topic
                _forget(self._topic_of)
            if answered in self._topics:
                answered = None
        if answered is not None and self._authors.get(answered) == person:
            answered = None
        self._authors[number] = person
        if len(self._authors) > RECENT + 5000:
            _forget(self._authors)
        if first == "/":
            kind, size, answered, medium = "command", 0, None, ""
        else:
            kind, medium = "message" if answered is None else "reply", medium_of(m, size)
            self.counts[medium] += 1
        acts = [Act(at, person, kind, size, number, topic, answered, AS_SENT.get(medium))]
        if answered is not None and type(text) is str and thanked(text):
            acts.append(Act(at, person, "thanks", 0, answered))
        elif kind == "message" and asks(words_of(text)):
            acts.append(Act(at, person, "question", 0, number, topic))
        own = kind != "command" and "forwarded_from" not in m and person != ANONYMOUS_ADMIN
        named = names_of(text) if own else ()
        return self._told(m, at, acts, people, named)

    def _told(
        self, m: dict[str, Any], at: datetime, acts: list[Act], people: list[tuple[int, str]], named: Any = ()
    ) -> Told | None:
        """With the reactions of people the export names; the rest are only counted."""
        for act, name in self._reactions(m, at) if "reactions" in m else ():
            acts.append(act)
            self._reacted[act.person] = min(act.at, self._reacted.get(act.person, act.at))
            people += self._named(act.person, name)
        return Told(acts, [], people, named) if acts or people else None

    def _reactions(self, m: dict[str, Any], at: datetime) -> list[tuple[Act, Any]]:
        """Each with the name of who reacted."""
        here = datetime.fromisoformat(m["date"]).replace(tzinfo=UTC) - at if "date_unixtime" in m else None
        found = []
        for r in m["reactions"]:
            named = 0
            for one in r.get("recent") or ():
                sender = one.get("from_id")
                if type(sender) is not str or sender[:4] != "user":
                    continue
                person = person_of(sender)
                if person in self._bots:
                    continue
                named += 1
                local = datetime.fromisoformat(one["date"]) if "date" in one else None
                if local is None:
                    when = at
                elif here is None:
                    when = local.replace(tzinfo=self._zone()).astimezone(UTC)
                else:
                    when = local.replace(tzinfo=UTC) - here
                found.append((Act(when, person, "reaction", 1, m["id"]), one.get("from")))
            self.counts["reactions without a name"] += max(0, int(r.get("count", 0)) - named)
        return found

    def _service(self, m: dict[str, Any], at: datetime) -> Told | None:
        action = m.get("action")
        if action == "topic_created":
            self._topics.add(m["id"])
        how = DOORS.get(str(action))
        if how is None:
            self.counts[f"service: {action}" if action in KNOWN else f"unknown: {str(action)[:40]}"] += 1
            title = plain(m.get("title")) if action == "topic_created" else ""
            return Told([], [], [], topic=(at, m["id"], title)) if title else None
        sender, actor = m.get("actor_id"), m.get("actor")
        by = person_of(sender) if type(sender) is str and sender[:4] == "user" else None
        names = m.get("members") or [actor]
        if not self._bearers.whole and (by is None or any(name != actor for name in names)):
            return LATER
        people: list[tuple[int, str]] = []
        if by is not None and by not in self._bots:
            people = self._named(by, actor)
        acts, doors = [], []
        for name in names:
            itself = name == actor and by is not None
            person = by if itself else self._named_at(at, name, how)
            if person in self._bots:
                continue
            self.counts["joins" if how != "left" else "leaves"] += 1
            if person is None:
                self.counts["joins and leaves told by name only"] += 1
            acts.append(Act(at, person or 0, "leave" if how == "left" else "join", 0, m["id"]))
            if person is not None:
                self._here[person] = how != "left"
                way = ("left" if itself else "removed") if how == "left" else how
                way = "own" if itself and way == "added" else way
                doors.append(Door(at, person, way, None if itself else by, not itself))
        if by is not None and by not in self._here:
            self._here[by] = True
        return Told(acts, doors, people)

    def _named_at(self, at: datetime, name: Any, how: str) -> int | None:
        """Who is meant by a name at the door: its bearer, if they were not here and come, or were and go."""
        person = self._bearers.bearer(name)
        if person is None or person in self._bots:
            return person
        here = self._here.get(person)
        if here is None and self._reacted.get(person, at) < at:
            here = True
        if name not in self._shared and (here or False) is (how == "left"):
            return person
        if here is not None:
            self._shared.add(name)
        return None


def _forget(recent: dict[int, int]) -> None:
    """Keep the newest."""
    for key in list(recent)[: max(0, len(recent) - RECENT)]:
        del recent[key]
