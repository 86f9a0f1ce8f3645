"""An invented week for the demo's review: the people and words are made up, the report is the real one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from msgspec.structs import replace

from groupbot.cli._invented import CLOCK, GROUPS, invent, pay
from groupbot.cli._page import page_of
from groupbot.cli._table import aligned
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.picture import Panel, draw
from groupbot.engine.picture.page import Page
from groupbot.engine.storage import open_engine
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.engagement import reports
from groupbot.features.engagement.domain import Week

_WORDS = {
    "zh": {
        "mark": "样例数据",
        "foot": "样例数据:群、人、消息都是我们编的,算法是真的。 groupbot",
        "heading": "三个群的一周(样例数据)",
        "legend": ("消息数", "当天活跃的人数"),
        "note": "活跃 {active} 人 · 新来 {joined} · 离开 {left}",
        "days": "周一 周二 周三 周四 周五 周六 周日",
    },
    "en": {
        "mark": "sample data",
        "foot": "Sample data: groups, people and words invented by us; the sums are real. groupbot",
        "heading": "Three groups, a week (sample data)",
        "legend": ("messages", "people active that day"),
        "note": "{active} active · {joined} joined · {left} left",
        "days": "Mon Tue Wed Thu Fri Sat Sun",
    },
}


@dataclass(frozen=True, slots=True)
class Sample:
    """An invented week: of each group, the page of them all, what needs a person, the heaviest first (in
    English), and how many groups that are."""

    weeks: list[Week]
    page: Page
    need: list[str]
    groups: int


def sample_week(folder: Path, now: datetime, lang: str = "zh") -> Sample:
    """Seven invented days of three groups that end with yesterday in China, in a database of their own."""
    path = folder / "sample.db"
    path.unlink(missing_ok=True)
    url = f"sqlite:///{path}"
    engine = open_engine(url)
    tables().create_all(engine)
    engine.dispose()
    last = now.astimezone(zone(CLOCK)).date() - timedelta(days=1)
    midnight = datetime.combine(last - timedelta(days=6), time(), zone(CLOCK)).astimezone(UTC)
    clock = FixedClock(midnight)
    writer = Writer(url, clock=clock, rng=chance(2027), bot_id=1)

    def begin(work: Work) -> list[int]:
        found = [invent(work, made, midnight, lang, n) for n, made in enumerate(GROUPS)]
        return _quietly(work, found)

    try:
        chats = writer.write(begin)
        paid = sorted(
            ((p.day, n, p) for n, made in enumerate(GROUPS) for p in made.posts), key=lambda x: x[:2]
        )
        for day, n, post in paid:
            clock.at = midnight + timedelta(days=day, hours=post.hour)
            writer.write(lambda work, n=n, post=post: pay(work, GROUPS[n], chats[n], post))
        clock.at = now
        return writer.write(lambda work: _read(work, chats, last, lang))
    finally:
        writer.close()


def _quietly(work: Work, found: list[int]) -> list[int]:
    work.flush()
    work.effects.clear()  # nobody is told of an invented week
    return found


def _read(work: Work, chats: list[int], last: date, lang: str) -> Sample:
    seen = [reports.look(work, chat, last) for chat in chats]
    page = page_of(work, [(chat, last) for chat in chats], lang)
    words = _WORDS[lang]
    return Sample(
        [reports.week_of(work, chat, until=last) for chat in chats],
        replace(page, heading=f"{page.heading} ({words['mark']})", foot=str(words["foot"])),
        [f"{title}, {reports.reason_of(r, str)}" for title, r in reports.needing(seen)],
        sum(s.colour == "amber" for s in seen),
    )


def picture(path: Path, weeks: list[Week], lang: str = "zh") -> Path:
    """The sample week of each group as a picture."""
    words = _WORDS[lang]
    names = str(words["days"]).split()
    panels = [
        Panel(
            title=w.title,
            labels=tuple(names[d.day.weekday()] for d in w.days),
            values=tuple(d.messages for d in w.days),
            dots=tuple(d.active for d in w.days),
            note=str(words["note"]).format(active=w.active, joined=w.joined, left=w.left),
        )
        for w in weeks
    ]
    legend = (str(words["legend"][0]), str(words["legend"][1]))
    return draw(path, str(words["heading"]), panels, legend=legend, foot=str(words["foot"]))


def table(weeks: list[Week]) -> list[str]:
    """The review as lines of a table."""
    head = ("group", "messages", "active", "joined", "left", "trend")
    rows = [
        (w.title, str(w.messages), str(w.active), f"+{w.joined}", f"-{w.left}",
         "too few" if w.few or w.trend is None else f"{w.trend:.2f}x")
        for w in weeks
    ]  # fmt: skip
    return aligned([head, *rows])
