"""How much a group is disturbed: quiet hours and budgets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from msgspec import Struct

from groupbot.features.members.domain import Setting

POSTS = Setting("posts_a_day", 3, "Planned posts of the bot per day", least=0, most=100)
PROMOTIONS = Setting("promotions_a_day", 1, "Promotions per day", by_tier={"dealer": 0}, least=0, most=100)
GAP = Setting("post_gap_hours", 3, "Hours between two planned posts", unit="hours", least=0, most=168)
SLACK = timedelta(minutes=1)  # posts planned just so far apart leave a second early or late
_HOURS = r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d"
QUIET_PROMOTIONS = Setting(
    "quiet_promotions", "21:00-09:00", "No promotions between these times", pattern=_HOURS
)
QUIET_POSTS = Setting("quiet_posts", "22:30-08:00", "No planned posts between these times", pattern=_HOURS)
STOPPED = Setting(
    "plans_stopped", False, "All planned posts are stopped (/stopall)", choices=(True, False), inner=True
)
COMMERCE = Setting(
    "commerce_percent",
    20,
    "Share of promotions in planned posts of seven days",
    unit="percent",
    least=0,
    most=100,
)
COMMERCE_SELLING = Setting(
    "commerce_percent_selling", 50, "The same in groups of type commercial", unit="percent", least=0, most=100
)
MOURNING = Setting(
    "mourning_days", ["12-13"], "Days without promotions and greetings: 12-13 or 2027-04-04", most=50
)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Dropped(Struct, frozen=True):
    """Told to whoever said them: posts of these names were stopped before they left."""

    refs: tuple[str, ...]


def weekday_of(said: object) -> str:
    """A weekday in its one spelling: MO … SU, of `su`, `Sun`, `Sunday`, `周日`, `星期天`.

    Raises:
        ValueError: it is none.
    """
    text = str(said).strip().lower().replace("天", "日")
    for day, name, zh in zip(_WEEKDAYS, _NAMES, "一二三四五六日", strict=True):
        if text in (day.lower(), name[:3], name, f"周{zh}", f"星期{zh}", f"礼拜{zh}"):
            return day
    raise ValueError(said)


FREE_DAYS = Setting(
    "promotion_free_days",
    [],
    "Weekdays without promotions",
    most=7,
    example="WE, SU",
    reads=weekday_of,
    form="weekdays (MO TU WE TH FR SA SU)",
)
READY_FIRST = Setting(
    "ready_first", False, "Promotions wait until /ready opened the group", choices=(True, False)
)
OPENED = Setting(
    "ready_opened", False, "/ready opened the group to promotions", choices=(True, False), inner=True
)
CONTACT = Setting(
    "fulfilment_contact", "", "Who sees to orders, prizes and complaints here", most=100, example="@zhou"
)
PRIVACY_NOTICE = Setting(
    "privacy_notice",
    "",
    "What your house tells members of privacy; /privacy says it here",
    most=500,
    example="Orders and names are kept by West Lake Tea for two years: privacy@tea.example",
)
MOURNED = ("promotion", "greeting", "trend")  # kinds not said on these days
SETTINGS = (
    POSTS,
    PROMOTIONS,
    GAP,
    QUIET_PROMOTIONS,
    QUIET_POSTS,
    COMMERCE,
    COMMERCE_SELLING,
    MOURNING,
    FREE_DAYS,
    STOPPED,
    READY_FIRST,
    OPENED,
    CONTACT,
    PRIVACY_NOTICE,
)


@lru_cache(64)
def _span(text: str) -> tuple[time, time]:
    first, _, last = text.partition("-")
    return time.fromisoformat(first.strip()), time.fromisoformat(last.strip())


def is_quiet(span: str, at: time) -> bool:
    """Is the wall-clock time in `span` (`21:00-09:00`: from the first, up to but not at the second)?

    Raises:
        ValueError: `span` is not two times.
    """
    first, last = _span(span)
    return first <= at < last if first <= last else at >= first or at < last


def quiet_setting(kind: str) -> Setting:
    """Which quiet hours count for a kind of plan."""
    return QUIET_PROMOTIONS if kind == "promotion" else QUIET_POSTS


def is_mourning(days: Iterable[str], today: date) -> bool:
    """Is it one of these days, written as 12-13 (every year) or 2027-04-04?"""
    whole, said = today.isoformat(), [*map(str, days)]
    return whole in said or whole[5:] in said


def is_free(days: Iterable[str], today: date) -> bool:
    """Is it one of these weekdays (MO … SU)?"""
    return _WEEKDAYS[today.weekday()] in days


def too_much_commerce(promotions: int, posts: int, percent: float) -> bool:
    """Would one promotion more be above `percent` of all posts? `posts` counts the promotions too."""
    return (promotions + 1) * 100 > percent * (posts + 1)


def held(
    kind: str,
    said: Iterable[tuple[datetime, str]],
    now: datetime,
    zone: tzinfo,
    *,
    posts: int,
    promotions: int,
    gap: float,
) -> tuple[str, str]:
    """The limit that holds a post back, as (code, detail), or ('', '').
    The detail is how much of the limit is used; of the gap, its seconds.

    `said` are (time, kind) of earlier posts in the chat; a day is the chat's own. `gap` in hours.
    """
    so_far = promoted = 0
    last: datetime | None = None
    today = now.astimezone(zone).date()
    for at, what in said:
        last = at if last is None or at > last else last
        if at.astimezone(zone).date() == today:
            so_far += 1
            promoted += what == "promotion"
    if kind == "promotion" and promoted >= promotions:
        return "promotions", f"{promoted}/{promotions}"
    if so_far >= posts:
        return "posts", f"{so_far}/{posts}"
    if last is not None and now - last < timedelta(hours=gap) - SLACK:
        return "gap", str(round(gap * 3600))
    return "", ""
