"""How fast a campaign caught in its first hour, beside the first hours of those before it; and a launch that
comes late."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from typing import Any

from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.features.campaigns import store
from groupbot.features.campaigns.domain import Campaign
from groupbot.features.campaigns.service.launching import note
from groupbot.features.engagement.reports.asking import PEOPLE, moment
from groupbot.features.members import service as members
from groupbot.features.promos import service as promos

HOUR = timedelta(hours=1)
AWAKE = 8  # o'clock: operators are not told of a late launch in the night


def clock(work: Work, chats: list[int], at: datetime) -> datetime:
    """A moment on the wall clock of a campaign's first group; UTC where it has none."""
    name = members.voice(work, chats[0], None)[1] if chats else "UTC"
    return at.astimezone(zone_of(name)).replace(tzinfo=None)


def lost(work: Work, campaign: Campaign) -> int:
    """Posts of it that passed unsaid since its first day."""
    since = datetime.combine(campaign.start, datetime.min.time(), work.now.tzinfo) - timedelta(hours=14)
    plans = promos.of_campaign(work, campaign.name)
    return sum(promos.done(work, number, since)["left"] for number, _ in plans)


def days_late(work: Work, campaign: Campaign, row: Any, chats: list[int]) -> int:
    """Days from its first day to its launch; 0 where it was in time."""
    return max(0, (clock(work, chats, row.at).date() - campaign.start).days)


def first_hour(work: Work, campaign: Campaign, row: Any, *, keep: bool = True) -> dict[str, Any] | None:
    """What it came to within the hour after its first post, once that hour is over: the people who pressed,
    answered or reacted on a post of it or came by its links, of the members of the groups it had reached by
    then. It is counted once and kept (not where it is only looked at: `keep` false). None: not yet, or nobody
    was reached."""
    key = f"{row.at:%Y-%m-%dT%H:%M:%S}"
    words = list(work.sql.all(store.OF_WHAT, the_what="speed"))
    own = next((w for w in words if w.name == campaign.name and w.key == key), None)
    if own is None:
        made = _counted(work, campaign, row)
        if made is None:
            return None
        detail = "|".join(map(str, made))
        if keep:
            note(work, campaign.name, "speed", key, detail)
    else:
        detail = own.detail
    people, known, groups = (int(n) for n in detail.split("|"))
    before = [w for w in words if (w.name, w.key) != (campaign.name, key) and w.at < row.at]
    past = [share for w in before if (share := _share(w.detail)) is not None]
    return {
        "name": campaign.name,
        "people": people,
        "members": known,
        "groups": groups,
        "of_100": _share(detail),
        "usual": round(median(past), 1) if past else None,
        "others": len(past),
    }


def hour_sql(work: Work, campaign: Campaign, row: Any) -> dict[str, str]:
    """What gives a first hour again: `people`, `members`, and `kept`, those of the campaigns before it as
    PEOPLE|MEMBERS|GROUPS."""
    found = _asked(work, campaign, row)
    before = moment(row.at, lite=work.sql.dialect == "sqlite")
    kept = f"SELECT name, detail FROM campaign_word WHERE what = 'speed' AND at < {before} ORDER BY id"
    return {**(found[1] if found is not None else {}), "kept": kept}


def _share(detail: str) -> float | None:
    """Of a hundred members; None of too few."""
    people, known, _ = (int(n) for n in detail.split("|"))
    return round(100 * people / known, 1) if known >= PEOPLE else None


def _counted(work: Work, campaign: Campaign, row: Any) -> tuple[int, int, int] | None:
    found = _asked(work, campaign, row)
    if found is None:
        return None
    groups, asked = found
    people, known = (int(work.sql.plain(asked[k])[0][0] or 0) for k in ("people", "members"))
    return (people, known, groups) if known else None


def _asked(work: Work, campaign: Campaign, row: Any) -> tuple[int, dict[str, str]] | None:
    """The groups that its posts of the first hour reached, and the SQL of who did something and of how many
    there were; None before that hour is over."""
    numbers = [n for n, _ in promos.of_campaign(work, campaign.name)]
    said = promos.first_said(work, numbers, row.at)
    first = min(said.values(), default=work.now)
    if work.now < first + HOUR:
        return None
    chats = sorted(c for c, at in said.items() if at < first + HOUR)
    lite = work.sql.dialect == "sqlite"
    start, end = moment(first, lite=lite), moment(first + HOUR, lite=lite)
    within = f"chat_id IN ({', '.join(map(str, chats))})"
    named = campaign.name.replace("'", "''") + "/"
    posts = " OR ".join(f"p.ref LIKE 'promo:{n}:%'" for n in numbers)
    acts = (
        "SELECT a.person_id FROM v_act a JOIN v_post p ON p.chat_id = a.chat_id"
        " AND p.message_id = COALESCE(a.reply_to, a.message_id)"
        f" WHERE a.{within} AND a.kind <> 'message' AND a.at >= {start} AND a.at < {end} AND ({posts})"
    )
    visits = (
        f"SELECT person_id FROM v_visit WHERE {within} AND at >= {start} AND at < {end}"
        f" AND substr(name, 1, {len(campaign.name) + 1}) = '{named}'"
    )
    return len(chats), {
        "people": f"SELECT COUNT(*) FROM ({acts} UNION {visits}) x",
        "members": f"SELECT COUNT(*) FROM v_member WHERE {within}"
        f" AND (joined_at IS NULL OR joined_at < {end}) AND (left_at IS NULL OR left_at >= {end})",
    }
