"""The figures of a group that was retired, as files for who retired it: read beside the writer, sent once."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from groupbot.core.effects import Send
from groupbot.core.sheet import csv_text
from groupbot.engine.work import Work
from groupbot.features.engagement import reports
from groupbot.features.lifecycle import store
from groupbot.features.members import service as members

MONTH = 28  # days that the figures are of


class Export(Struct, frozen=True):
    """What is sent for a retirement: the group's title, its days, the figures of its last month."""

    number: int
    by: int
    title: str
    days: str
    figures: str


def export_step(work: Work) -> Export | None:
    """The next one that nobody was sent; None: all were."""
    row = work.sql.first(store.UNEXPORTED)
    if row is None:
        return None
    today = reports.Ask(work, row.chat_id, row.at.date(), row.at.date()).local(row.at)
    ask = reports.Ask(work, row.chat_id, today - timedelta(days=MONTH - 1), today)
    days = ask.rows(
        ask.sql(
            "SELECT day, messages, replies, reactions, taps, active, organic FROM v_day WHERE {chat}"
            " ORDER BY day"
        )
    )
    figures = [
        (f.key, f.value, f.unit, *f.window, f.per, f.n, f.grade)
        for f in (*reports.figures(ask), *reports.growth(ask))
    ]
    head = ("figure", "value", "unit", "from", "to", "of", "n", "coverage")
    return Export(
        row.id,
        row.by_id,
        members.title(work, row.chat_id),
        csv_text(("day", "messages", "replies", "reactions", "presses", "people", "organic"), days),
        csv_text(head, figures),
    )


def exported(step: Export | None, work: Work) -> bool:
    """Send it, once; True while there may be more."""
    if step is None:
        return False
    if work.sql.run(store.EXPORTED, the_id=step.number, now=work.now):
        data = {"title": step.title, "days": MONTH}
        for name, text in (("days", step.days), ("figures", step.figures)):
            template = "lifecycle/export" if name == "days" else "lifecycle/export_figures"
            work.say(
                Send(
                    user=step.by,
                    template=template,
                    data=data,
                    document=f"{name}.csv",
                    content=text,
                    why="retired",
                )
            )
    return True
