"""Three groups and two weeks of theirs, all made up, written through the real observers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from groupbot.core.events import (
    BotStanding,
    Chat,
    Counted,
    Event,
    Joined,
    Left,
    Message,
    Person,
    Reaction,
    Standing,
    Tap,
)
from groupbot.engine.addresses import resolve
from groupbot.engine.outbox_table import posted
from groupbot.engine.work import Work
from groupbot.features.engagement import service
from groupbot.features.ledger import domain as points
from groupbot.features.ledger import service as ledger
from groupbot.features.members import service as members
from groupbot.features.members.domain import LANGUAGE, ZONE
from groupbot.features.promos.store import plan, plan_slot

CLOCK = "Asia/Shanghai"
FIRST = 4100  # the number of a group's first message
ASKED = "请问这一批什么时候到货?"
OPENS, LASTS = 9, 12 * 60  # o'clock when talk begins, minutes it goes on
REPLIES, LIKES = 0.35, 0.3  # shares of messages


@dataclass(frozen=True, slots=True)
class Post:
    """A post of the bot on a day (0–6) of the week at an hour, and what was done on it. `name`: its plan."""

    day: int
    hour: int
    kind: str
    name: dict[str, str]
    presses: int
    replies: int
    likes: int
    paid: int = 0  # points a press


@dataclass(frozen=True, slots=True)
class Invented:
    """A group: its talkers and messages (the week before, the week), and how the week goes."""

    id: int
    title: dict[str, str]
    tier: str
    talkers: tuple[int, int]
    messages: tuple[int, int]
    shape: tuple[int, ...]
    staff: int  # words of the staff a day
    boss: int  # days since who answers for it spoke
    joined: tuple[int, ...]  # days
    left: tuple[tuple[int, int], ...]  # (day, minute of that day)
    questions: tuple[int, ...]  # days on which somebody asked and nobody answered
    posts: tuple[Post, ...]


GROUPS = (
    Invented(
        -1001234567890, {"zh": "华东经销商群", "en": "Dealer club"}, "dealer",
        (16, 14), (92, 74), (13, 12, 12, 11, 9, 9, 8), 2, 9,
        (1,), ((3, 16 * 60 + 12), (3, 16 * 60 + 31), (5, 11 * 60)), (1, 4),
        (Post(0, 10, "promo", {"zh": "到货通知", "en": "Goods in"}, 7, 2, 3),
         Post(3, 16, "promo", {"zh": "调价通知", "en": "New prices"}, 2, 1, 0)),
    ),
    Invented(
        -1001234567891, {"zh": "西湖店会员群", "en": "Lake store"}, "store",
        (24, 18), (236, 171), (31, 28, 27, 24, 20, 22, 19), 4, 2,
        (2, 5), ((4, 20 * 60 + 10),), (0, 3, 5),
        (Post(1, 11, "promo", {"zh": "会员日", "en": "Members' day"}, 9, 4, 5),
         Post(4, 15, "redpacket", {}, 11, 0, 2, 8),
         Post(6, 11, "promo", {"zh": "周末上新", "en": "New this weekend"}, 5, 2, 3)),
    ),
    Invented(
        -1001234567892, {"zh": "山楂粉丝群", "en": "Haw fans"}, "consumer",
        (38, 46), (410, 503), (62, 58, 55, 71, 66, 94, 97), 7, 0,
        (0, 1, 1, 3, 4, 5, 5, 5, 6), ((2, 13 * 60), (6, 18 * 60)), (2, 5),
        (Post(2, 12, "quiz", {}, 19, 3, 6),
         Post(3, 19, "redpacket", {}, 20, 1, 4, 10),
         Post(5, 12, "promo", {"zh": "新品试吃报名", "en": "Tasting day"}, 24, 9, 12)),
    ),
)  # fmt: skip


def invent(work: Work, made: Invented, midnight: datetime, lang: str, number: int) -> int:
    """Fourteen days of a group, of which the last seven begin at `midnight`; its number."""
    return _Week(work, made, midnight, lang, number).write()


def pay(work: Work, made: Invented, chat: int, post: Post) -> None:
    """What a post's presses were paid, at the work's own time."""
    work.chat = chat
    if not post.paid:
        return
    house = ledger.house_wallet(work, chat)
    shares = [(points.member(chat, _id(made, 1 + i)), post.paid) for i in range(post.presses)]
    key = f"sample:{chat}:{post.day}"
    ledger.transfer(work, key, "packet", (house, -post.paid * post.presses), *shares)


def _id(made: Invented, n: int) -> int:
    return 9000 + 1000 * (-made.id % 10) + n


class _Week:
    def __init__(self, work: Work, made: Invented, midnight: datetime, lang: str, number: int) -> None:
        self.work, self.made, self.midnight, self.lang = work, made, midnight, lang
        self.chat = Chat(made.id, "supergroup", made.title[lang])
        self.cast = [self._person(n, f"成员{n}") for n in range(max(made.talkers) + 1)]
        self.boss, self.helper = self.cast[0], self._person(900, "店员")
        self.plans = count(1 + 10 * number)

    def _person(self, n: int, name: str) -> Person:
        return Person(_id(self.made, n), name, language=self.lang)

    def _at(self, day: int, minute: float) -> datetime:
        return self.midnight + timedelta(days=day, minutes=minute)

    def write(self) -> int:
        work, made = self.work, self.made
        work.chat, work.zone = resolve(work, self.chat).id, CLOCK
        self._note(BotStanding(at=self._at(-20, 0), chat=self.chat, status="administrator"))
        members.set_profile(work, work.chat, tier=made.tier, owner=self.boss.id)
        members.put(work, LANGUAGE, self.lang, chat=work.chat)
        members.put(work, ZONE, CLOCK, chat=work.chat)
        for person, status in ((self.boss, "creator"), (self.helper, "administrator")):
            self._note(Standing(at=self._at(-20, 1), chat=self.chat, person=person, status=status))
        numbers = count(FIRST)
        heard: list[tuple[int, Person]] = []  # what may be answered
        for at, who, what in sorted(self._plan(), key=lambda x: (x[0], x[1].id)):
            number = next(numbers)
            if isinstance(what, Post):
                self._post(number, what, at, numbers)
            else:
                self._say(number, at, who, what, heard)
        for n, day in enumerate(made.joined):
            new = self._person(500 + n, f"新人{n + 1}")
            self._note(Joined(at=self._at(day, 10 * 60 + 47 * n), chat=self.chat, people=(new,)))
        for n, (day, minute) in enumerate(made.left):
            gone = self._person(700 + n, f"旧友{n + 1}")
            self._note(Left(at=self._at(day, minute), chat=self.chat, person=gone))
        work.flush()
        here = members.count_here(work, work.chat) + 1  # and the bot, which Telegram counts too
        members.counting.counted(work, Counted(at=self._at(7, 0), chat=self.chat, members=here))
        return work.chat

    def _plan(self) -> list[tuple[datetime, Person, Any]]:
        """Who says what when: a text, or a post of the bot."""
        made, rng = self.made, self.work.rng
        found: list[tuple[datetime, Person, Any]] = []
        for week, talkers, messages in zip((-7, 0), made.talkers, made.messages, strict=True):
            those = self.cast[1 : 1 + talkers]
            few = [min(talkers - 1, int(-math.log(1 - rng.random()) * talkers / 4)) for _ in range(messages)]
            who = [*those, *(those[i] for i in few[talkers:])]
            rng.shuffle(who)
            shape = (1,) * 7 if week else made.shape
            upto = 0
            for day in range(7):
                since, upto = upto, len(who) * sum(shape[: day + 1]) // sum(shape)
                found += [(self._at(week + day, self._minute()), p, "…") for p in who[since:upto]]
                found += [(self._at(week + day, self._minute()), self.helper, "…") for _ in range(made.staff)]
        found += [(self._at(d, self._minute()), self.cast[1 + d], ASKED) for d in made.questions]
        found.append((self._at(6 - made.boss, 10 * 60), self.boss, "…"))
        return found + [(self._at(p.day, 60 * p.hour), self.boss, p) for p in made.posts]

    def _minute(self) -> float:
        return 60 * OPENS + self.work.rng.random() * LASTS

    def _say(
        self, number: int, at: datetime, who: Person, text: str, heard: list[tuple[int, Person]]
    ) -> None:
        rng = self.work.rng
        others = [(n, p) for n, p in heard[-12:] if p.id != who.id]
        to = rng.choice(others)[0] if others and text != ASKED and rng.random() < REPLIES else None
        self._note(Message(at=at, chat=self.chat, sender=who, message_id=number, text=text, reply_to=to))
        if text != ASKED:
            heard.append((number, who))
        if others and rng.random() < LIKES:
            self._like(at + timedelta(minutes=1), others[-1][1], number)

    def _like(self, at: datetime, who: Person, number: int) -> None:
        self._note(Reaction(at=at, chat=self.chat, sender=who, message_id=number, after=("👍",)))

    def _post(self, number: int, post: Post, at: datetime, numbers: count[int]) -> None:
        """A post of the bot, and what people did on it."""
        work, crowd = self.work, self.cast[1 : 1 + self.made.talkers[1]]
        ref = f"{post.kind}:{number}"
        if post.name:
            ref = f"{post.kind}:{self._planned(post, at)}:{number}"
        row = {"bot_id": 1, "chat_id": work.chat, "message_id": number, "ref": ref, "private": False}
        work.sql.run(sa.insert(posted).values(**row, at=at))
        for i in range(post.presses):
            later = at + timedelta(seconds=40 * i + 20)
            self._note(Tap(at=later, chat=self.chat, sender=crowd[i % len(crowd)], query_id=f"{number}.{i}",
                           raw="", message_id=number))  # fmt: skip
        for i in range(post.replies):
            later = at + timedelta(minutes=2 * i + 1)
            self._note(Message(at=later, chat=self.chat, sender=crowd[-1 - i], message_id=next(numbers),
                               text="…", reply_to=number))  # fmt: skip
        for i in range(post.likes):
            self._like(at + timedelta(minutes=i + 1), crowd[(5 + i) % len(crowd)], number)

    def _planned(self, post: Post, at: datetime) -> int:
        """The plan that a post is of, and its place in it; the plan's number."""
        number = next(self.plans)
        self.work.sql.run(
            sa.insert(plan).values(id=number, name=post.name[self.lang], source="sample", spec="{}", hash="",
                                   state="live", loaded_at=at)
        )  # fmt: skip
        self.work.sql.run(
            sa.insert(plan_slot).values(chat_id=self.work.chat, plan_id=number, due=at, at=at, state="said",
                                        kind="notice", zone=CLOCK)
        )  # fmt: skip
        return number

    def _note(self, event: Event) -> None:
        members.note_people(event, self.work)
        service.note(event, self.work)
