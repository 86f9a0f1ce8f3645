"""An invented week for the demo's review: written through the real observers, read by the real report."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import sqlalchemy as sa
from msgspec.structs import replace

from groupbot.cli._page import page_of
from groupbot.cli._table import aligned
from groupbot.core.events import BotStanding, Chat, Joined, Left, Message, Person, Tap
from groupbot.engine.addresses import resolve
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.outbox_table import posted
from groupbot.engine.picture import Panel, draw
from groupbot.engine.picture.page import Page
from groupbot.engine.storage import open_engine
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.engagement import reports, service
from groupbot.features.engagement.domain import Week
from groupbot.features.members import service as members
from groupbot.features.members.domain import LANGUAGE, ZONE

_GROUPS = (
    ("华东经销商群", "dealer", 14, 0.35),
    ("西湖店会员群", "store", 34, 0.8),
    ("山楂粉丝群", "consumer", 60, 1.3),
)
_ZONE = "Asia/Shanghai"
_FOOT = "样例数据:人和消息都是编的,算法是真的。 groupbot"
_SHAPE = (0.9, 0.7, 0.8, 0.75, 0.9, 1.2, 1.5, 1.3)  # a week that warms towards its end


@dataclass(frozen=True, slots=True)
class Sample:
    """An invented week: of each group, the page of them all, and what needs a person, the heaviest first."""

    weeks: list[Week]
    page: Page
    need: list[str]


def sample_week(folder: Path, now: datetime) -> Sample:
    """Seven invented days of three groups that end with yesterday in China, in a database of their own."""
    path = folder / "sample.db"
    path.unlink(missing_ok=True)
    url = f"sqlite:///{path}"
    engine = open_engine(url)
    tables().create_all(engine)
    engine.dispose()
    writer = Writer(url, clock=FixedClock(now), rng=chance(2027), bot_id=1)
    try:
        return writer.write(_write)
    finally:
        writer.close()


def _write(work: Work) -> Sample:
    found = []
    china = work.now.astimezone(zone(_ZONE)).date()
    today = datetime.combine(china, time(10), zone(_ZONE)).astimezone(UTC)
    for n, (title, tier, people, busy) in enumerate(_GROUPS):
        chat = Chat(-1000 - n, "supergroup", title)
        work.chat = resolve(work, chat).id
        work.zone = _ZONE
        arrival = BotStanding(at=today - timedelta(days=9), chat=chat, status="administrator")
        members.note_people(arrival, work)
        cast = [Person(9000 + 100 * n + i, f"成员{i + 1}", language="zh") for i in range(people)]
        boss = cast[0]
        members.set_profile(work, work.chat, tier=tier, owner=boss.id)
        members.put(work, LANGUAGE, "zh", chat=work.chat)
        members.put(work, ZONE, _ZONE, chat=work.chat)
        hello = Message(at=today - timedelta(days=10), chat=chat, sender=boss, message_id=9, text="…")
        service.note(hello, work)
        silent = tier == "dealer"
        for d in range(8):
            day = today - timedelta(days=8 - d)
            for i in range(round(people * busy * _SHAPE[d] * 1.6)):
                who = cast[min(people - 1, int(-math.log(1 - work.rng.random()) * people / 5))]
                who = cast[1] if silent and who is boss else who
                at = day + timedelta(minutes=int(work.rng.random() * 600))
                if at > work.now:
                    continue
                reply = 1 if work.rng.random() < 0.3 else None
                said = Message(
                    at=at, chat=chat, sender=who, message_id=d * 1000 + i, text="…", reply_to=reply
                )
                members.note_people(said, work)
                service.note(said, work)
            if d % 2:
                at = day + timedelta(hours=3)
                new = Person(9500 + 100 * n + d, f"新人{d}", language="zh")
                service.note(Joined(at=at, chat=chat, people=(new,)), work)
                _post(work, chat, cast, d, day + timedelta(hours=2))
        if tier == "consumer":
            service.note(Left(at=today - timedelta(days=2), chat=chat, person=cast[-1]), work)
        found.append(work.chat)
    work.flush()
    work.effects.clear()  # nobody is told of an invented week
    last = china - timedelta(days=1)
    seen = [reports.look(work, chat, last) for chat in found]
    page = page_of(work, [(chat, last) for chat in found], "zh")
    return Sample(
        [reports.week_of(work, chat, until=last) for chat in found],
        replace(page, under=f"{page.under} · 样例数据", foot=_FOOT),
        [f"{title}, {reports.reason_of(r, str)}" for title, r in reports.needing(seen)],
    )


def _post(work: Work, chat: Chat, cast: list[Person], day: int, at: datetime) -> None:
    """A planned post of the bot, which some press, the more the later in the week."""
    number = 50_000 + day
    row = {"bot_id": 1, "chat_id": work.chat, "message_id": number, "ref": f"promo:{day}", "private": False}
    work.sql.run(sa.insert(posted).values(**row, at=at))
    for i, person in enumerate(cast[1 : 2 + day * len(cast) // 20]):
        press = Tap(
            at=at + timedelta(minutes=3 * i), chat=chat, sender=person, query_id=f"{number}.{i}", raw="",
            message_id=number,
        )  # fmt: skip
        service.note(press, work)


def picture(path: Path, weeks: list[Week], *, sample: bool) -> Path:
    """The week of each group as a picture."""
    names = "一二三四五六日"
    panels = [
        Panel(
            title=w.title,
            labels=tuple(f"周{names[d.day.weekday()]}" for d in w.days),
            values=tuple(d.messages for d in w.days),
            dots=tuple(d.active for d in w.days),
            note="人太少,不算比例" if w.few else f"活跃 {w.active} 人 · 新来 {w.joined} · 离开 {w.left}",
        )
        for w in weeks
    ]
    heading = "三个群的一周(样例数据)" if sample else "一周"
    foot = _FOOT if sample else "groupbot"
    return draw(path, heading, panels, legend=("消息数", "当天活跃的人数"), foot=foot)


def table(weeks: list[Week]) -> list[str]:
    """The review as lines of a table."""
    head = ("group", "messages", "active", "joined", "left", "trend")
    rows = [
        (w.title, str(w.messages), str(w.active), f"+{w.joined}", f"-{w.left}",
         "too few" if w.few or w.trend is None else f"{w.trend:.2f}x")
        for w in weeks
    ]  # fmt: skip
    return aligned([head, *rows])
