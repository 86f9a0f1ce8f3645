"""Whether a group runs by itself: who opens talk, who answers, who keeps order, and what is left of it in a week
without its people of the brand. After "staff should assist, members lead"."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from datetime import date, timedelta
from statistics import fmean, median

from groupbot.features.engagement.reports.asking import PEOPLE, RATE, Ask, Figure

WEEKS = 8  # looked at for weeks without staff
SILENT = 0.1  # of the staff's usual week: at most so much is a week without them
USUAL = 5  # messages of staff in their usual week; fewer, and nobody can be missed
HAND_OVER = 60  # from this index on, with three parts known, more may be left to members
LEADING = ("self_running", "started_by_members", "member_answers", "decided_by_members", "week_alone")

_STARTED = (
    "FROM v_event WHERE {times} AND kind = 'message' AND message_id IN"
    " (SELECT reply_to FROM v_event WHERE {times} AND kind = 'reply' AND reply_to IS NOT NULL)"
)
_DECIDED = "FROM v_decision WHERE {times}"
_OF_MEMBERS = "AVG(CASE WHEN staff THEN 0.0 ELSE 1.0 END)"


def leading(ask: Ask, answers: Figure) -> list[Figure]:
    """The index and its parts, over 28 days; `answers` is member_answers of the same days."""
    month = ask.back(28)
    started = month.figure("started_by_members", f"SELECT {_OF_MEMBERS} {_STARTED}", unit="share",
                           per="talks that were answered", n=f"SELECT COUNT(*) {_STARTED}", least=RATE)  # fmt: skip
    decided = month.figure("decided_by_members", f"SELECT AVG(CASE WHEN by_member THEN 1.0 ELSE 0.0 END) {_DECIDED}",
                           unit="share", per="decisions about cases and reports", n=f"SELECT COUNT(*) {_DECIDED}", least=5)  # fmt: skip
    parts = [started, answers, decided, _alone(ask.back(7 * WEEKS + 7))]
    known = [f for f in parts if f.value is not None]
    told = ", ".join(f"{f.key} {f.value:.2f}" for f in sorted(known, key=lambda f: (f.value, f.key)))
    index = month.made("self_running", 100 * fmean(float(f.value or 0) for f in known) if known else None, started.sql,
                       f"100 × the mean of its parts, of two at least, the lowest first: {told or 'none known'}",
                       unit="points", per="parts known", n=len(known), least=2)  # fmt: skip
    return [index, *parts]


def hand_over(figures: list[Figure]) -> bool:
    """Do members carry it so far that staff may leave more to them? A word, never a right given by itself."""
    index = next(f for f in figures if f.key == "self_running")
    return index.value is not None and index.value >= HAND_OVER and index.n >= 3


def _alone(ask: Ask) -> Figure:
    """What members said in whole weeks in which staff said a tenth of what they usually say, to the other weeks."""
    sql = ask.sql(
        "SELECT day, SUM(CASE WHEN staff THEN messages ELSE 0 END), SUM(CASE WHEN staff THEN 0 ELSE messages END)"
        " FROM v_member_day WHERE {days} GROUP BY day"
    )
    weeks: dict[date, list[float]] = {}
    for day, staff, members in ask.rows(sql):
        when = date.fromisoformat(str(day)[:10])
        week = weeks.setdefault(when - timedelta(days=when.weekday()), [0, 0])
        week[0] += float(staff)
        week[1] += float(members)
    end = ask.last + timedelta(days=1)
    eight = [end - timedelta(days=end.weekday() + 7 * n) for n in range(1, WEEKS + 1)]
    known = min(weeks, default=end)  # from here on a week without a row is one in which nobody spoke
    whole = [weeks.get(monday, [0.0, 0.0]) for monday in eight if monday >= known]
    usual = median(s for s, _ in whole) if whole else 0.0
    alone = [m for s, m in whole if s <= SILENT * usual]
    others = [m for s, m in whole if s > SILENT * usual]
    share = None
    if usual >= USUAL and alone and others and fmean(others) >= PEOPLE:
        share = min(1.0, fmean(alone) / fmean(others))
    return ask.made("week_alone", share, sql, "members' messages of whole weeks (Monday to Sunday) in which staff wrote at most a tenth"
                    " of their median week ÷ those of the others, 1 at most", unit="share", per="weeks without staff",
                    n=len(alone) if usual >= USUAL else 0, least=1)  # fmt: skip
