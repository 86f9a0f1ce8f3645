"""One look at a group's week: is it well, what needs a person, its best and its worst post."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from groupbot.engine.picture.page import Page
from groupbot.engine.work import Work
from groupbot.features.engagement.domain import FEW
from groupbot.features.engagement.reports.asking import Ask, owner_of
from groupbot.features.engagement.reports.crowding import crowded
from groupbot.features.engagement.reports.figures import figures
from groupbot.features.engagement.reports.nudge import unanswered
from groupbot.features.engagement.reports.told import Told, line_of, told_of
from groupbot.features.members import service as members

SILENT = 7  # days after which whoever answers for a group is told so
LEAST_GLOW, QUIET_GLOW = 5, 5  # people who came unasked, days of silence
STALE_LINK = 7  # days after which nobody follows a link because it was just posted
SQUARES = 45  # groups on one page; those that need a person come first
QUESTIONS = 3
TIERS = {"dealer": "dealers", "store": "stores", "consumer": "consumers", "": "other groups"}
TITLE = 30  # characters of a group's title
Say = Callable[[str], str]  # an English text in the reader's language


class Reason(Struct, frozen=True):
    """Why a group needs a person; `weight` orders them. `kind` says what `a` and `b` are:

    silent: the one who answers for it last spoke `a` days ago, −1 never; leaves: `a` left, `b` joined;
    fell: organic actives from `a` to `b`; commerce: `a` % of `b` messages; glow: `a` came unasked in 14 days,
    and nobody who looks after the group spoke for `b`; crowded: `a` spoke within 20 minutes, `b` 1 where the
    group has topics.
    """

    kind: str
    weight: int
    a: int
    b: int = 0


class Seen(Struct, frozen=True):
    """A group's week. `colour`: green, amber (needs a person) or grey (too few people to judge)."""

    chat: int
    title: str
    colour: str
    grade: str
    messages: int
    joined: int
    left: int
    reasons: tuple[Reason, ...] = ()
    best: Told | None = None
    worst: Told | None = None
    asked: tuple[str, ...] = ()  # links to what members asked and nobody answered
    points: int = 0  # that the house paid
    minutes: int = 0  # in which somebody of the staff did something
    tier: str = ""
    voice: int | None = None  # days since who answers for it spoke, -1: never; None: nobody answers for it


def look(work: Work, chat: int, last: date) -> Seen:
    """The seven local days that end with `last`."""
    ask = Ask(work, chat, last - timedelta(days=6), last)
    now = {f.key: f for f in figures(ask)}
    before = {f.key: f.value or 0 for f in figures(ask.before())}
    value = {key: f.value or 0 for key, f in now.items()}
    profile = members.profile(work, chat)
    title = (profile.title if profile else "")[:TITLE]
    told = told_of(ask, title, 1000)
    reasons = []
    silent = voice_of(ask)
    if silent is not None and (silent < 0 or silent > SILENT):
        reasons.append(Reason("silent", 5, silent))
    glow = after_glow(ask)
    if glow is not None:
        reasons.append(Reason("glow", 6, *glow))
    joined, left = int(value["joined"]), int(value["left"])
    few = value["active"] < FEW and before["active"] < FEW
    if not few:
        if left > max(2, joined):
            reasons.append(Reason("leaves", left, left, joined))
        was, here = before["active_organic"], value["active_organic"]
        fell = 1 - here / was if was else 0.0
        if fell >= 0.25:
            reasons.append(Reason("fell", round(20 * fell), int(was), int(here)))
        if value["commerce"] > 0.2:
            reasons.append(Reason("commerce", 4, round(100 * value["commerce"]), now["commerce"].n))
        crowd = crowded(ask, now["speakers_in_20_min"])
        if crowd:
            most = int(value["speakers_in_20_min"])
            reasons.append(Reason("crowded", 3, most, int(crowd == "sibling")))
    return Seen(
        chat, title, "grey" if few else "amber" if reasons else "green", ask.grade,
        int(value["messages"]), joined, left, tuple(reasons),
        min(told, key=_good, default=None), min(told, key=_bad, default=None),
        tuple(unanswered(ask)),
        int(value["points_paid"]), int(value["staff_minutes"]),
        (profile.tier if profile else "") or "", silent,
    )  # fmt: skip


def voice_of(ask: Ask) -> int | None:
    """Whole days at the span's end since who answers for the group spoke in it; -1: never; None: nobody
    answers for it, or nothing of theirs is written down."""
    owner = owner_of(ask)
    if not owner:
        return None
    spoke = ask.rows(spoke_sql(ask, owner))[0][0]
    back = members.back_in(ask.work, owner)
    if back is not None and (spoke is None or ask.at(spoke) < back):
        return None  # what they said while they had opted out is not known
    return -1 if spoke is None else (ask.end - ask.at(spoke)).days


def spoke_sql(ask: Ask, owner: int) -> str:
    """The SQL of when the owner last spoke before the span's end."""
    return ask.sql(
        "SELECT MAX(at) FROM v_event WHERE {chat} AND person_id = {owner} AND at < {end}"
        " AND kind IN ('message', 'reply')",
        owner=str(owner),
    )


def after_glow(ask: Ask) -> tuple[int, int] | None:
    """(people who came unasked in 14 days, days of silence).

    At least 5 joined without a named link or a hand, or began to talk to the bot by a link of the group that
    was a week old and were in no group of ours; twice as many as usual in the 28 days before, while neither
    staff nor the bot was heard for over 5 days.
    """
    asked, old = glow_sql(ask), _old(ask)
    came, usual = ask.number(asked["glow"]) or 0, (old.number(asked["glow_before"]) or 0) / 2
    if came < LEAST_GLOW or came < 2 * usual:
        return None
    spoke = ask.rows(asked["glow_heard"])[0][0]
    quiet = 14 if spoke is None else (ask.end - ask.at(spoke)).days
    return (int(came), quiet) if quiet > QUIET_GLOW else None


def _old(ask: Ask) -> Ask:
    """The 28 days before the last 14."""
    first = ask.back(14).first
    return Ask(ask.work, ask.chat, first - timedelta(days=28), first - timedelta(days=1))


def glow_sql(ask: Ask) -> dict[str, str]:
    """The SQL of who came unasked in 14 days and in the 28 before, and of when somebody was heard last."""
    now = ask.back(14)
    unasked = (
        "SELECT COUNT(DISTINCT person_id) FROM (SELECT person_id FROM v_join WHERE {times} AND NOT hired"
        " AND (grade IN ('none', 'link') OR grade = 'request' AND source IS NULL)"
        " UNION ALL SELECT v.person_id FROM v_visit v WHERE v.chat_id = {id} AND v.name <> 'referral'"
        f" AND v.at >= {{start}} AND v.at < {{end}} AND v.at >= {now.plus('v.made_at', STALE_LINK)}"
        " AND NOT EXISTS (SELECT 1 FROM v_member m WHERE m.person_id = v.person_id"
        " AND (m.joined_at IS NULL OR m.joined_at < v.at))) q"
    )
    return {
        "glow": now.sql(unasked),
        "glow_before": _old(ask).sql(unasked),
        "glow_heard": now.sql(
            "SELECT MAX(at) FROM (SELECT at FROM v_event WHERE {times} AND staff"
            " AND kind IN ('message', 'reply') UNION ALL SELECT at FROM v_post WHERE {times}) q"
        ),
    }


def _good(t: Told) -> tuple[int, str]:
    return (-t.people, t.at)


def _bad(t: Told) -> tuple[int, int, str]:
    return (-t.leaves, t.people, t.at)


def needing(seen: Sequence[Seen]) -> list[tuple[str, Reason]]:
    """What needs a person, with the group's title: the heaviest of each group first, so that the first three
    are three groups where there are as many."""
    heavy = [sorted(s.reasons, key=lambda r: (-r.weight, r.kind)) for s in seen]
    found = [(n, s.title, r) for s, reasons in zip(seen, heavy, strict=True) for n, r in enumerate(reasons)]
    return [(t, r) for _, t, r in sorted(found, key=lambda x: (x[0], -x[2].weight, x[1], x[2].kind))]


def voices(seen: Sequence[Seen], say: Say) -> tuple[str, ...]:
    """Of each tier the group in which who answers for it has not spoken for the longest time."""
    lines = []
    for tier, name in TIERS.items():
        those = [(s.voice, s.title) for s in seen if s.voice is not None and s.tier == tier]
        if not those:
            continue
        days, title = min(those, key=lambda v: (v[0] >= 0, -v[0], v[1]))
        text = (
            "{tier}: not yet in {title}"
            if days < 0
            else "{tier}: {days} days ago in {title}"
            if days > 1
            else "{tier}: the day before the last in {title}"
            if days
            else "{tier}: on the last day in {title}"
        )
        rest = say(", the longest of {n} groups").format(n=len(those)) if len(those) > 1 else ""
        lines.append(say(text).format(tier=say(name), days=days, title=title) + rest)
    return tuple(lines)


def best_and_worst(seen: Sequence[Seen]) -> tuple[Told | None, Told | None]:
    """Over all groups; no worst where it is the best itself."""
    best = min((s.best for s in seen if s.best), key=_good, default=None)
    worst = min((s.worst for s in seen if s.worst), key=_bad, default=None)
    return best, None if worst == best else worst


def questions(seen: Sequence[Seen]) -> list[tuple[str, str]]:
    """(group, link): at most three questions to answer, of as many groups as can be."""
    rounds = [[(s.title, s.asked[n]) for s in seen if len(s.asked) > n] for n in range(QUESTIONS)]
    return [q for each in rounds for q in each][:QUESTIONS]


def page_of(seen: Sequence[Seen], first: date, last: date, say: Say, day: Callable[[str], str]) -> Page:
    """The week of all groups as a picture: a square a group, what needs a person, posts, comings and
    goings."""
    order = {"amber": 0, "green": 1, "grey": 2}
    squares = sorted(((s.colour, s.title) for s in seen), key=lambda x: order[x[0]])
    need = [f"{title}: {reason_of(r, say)}" for title, r in needing(seen)[:3]]
    heard = voices(seen, say)
    asked = tuple(f"{title}: {link.removeprefix('https://')}" for title, link in questions(seen))
    best, worst = best_and_worst(seen)
    told = [
        say("{which}: {what}").format(which=say(which), what=line_of(post, say, day))
        for which, post in (("best", best), ("worst", worst))
        if post
    ]
    doors = say("{messages} messages · {joined} joined · {left} left").format(
        messages=f"{sum(s.messages for s in seen):,}",
        joined=sum(s.joined for s in seen),
        left=sum(s.left for s in seen),
    )
    spent = say("{points} points paid · {minutes} minutes of your people").format(
        points=f"{sum(s.points for s in seen):,}", minutes=sum(s.minutes for s in seen)
    )
    grades = " · ".join(f"{grade} {n}" for grade, n in sorted(Counter(s.grade for s in seen).items()))
    covered = (
        [say("Coverage (A over 90 %, B over 60 %), groups of each grade: {grades}").format(grades=grades)]
        if seen
        else []
    )
    more = len(seen) - SQUARES
    dim = bool(seen) and all(s.colour == "grey" for s in seen)
    calm = "too few people in every group to tell" if dim else "no group needs you this week"
    under = f"{day(first.isoformat())} — {day(last.isoformat())}"
    return Page(
        heading=say("The week of {n} groups" if len(seen) != 1 else "The week of one group").format(
            n=len(seen)
        ),
        under=under + (say(" · {n} more groups not drawn").format(n=more) if more > 0 else ""),
        squares=tuple(squares[:SQUARES]),
        legend=(("green", say("well")), ("amber", say("needs you")), ("grey", say("too few people"))),
        parts=(
            (say("What needs you"), tuple(need) or (say(calm),)),
            *([(say("Questions nobody answered"), asked)] if asked else []),
            *([(say("Last word of who answers for the groups"), heard)] if heard else []),
            (say("Posts"), tuple(told) or (say("the bot posted nothing this week"),)),
            (say("Comings and goings, and what it took"), (doors, spent, *covered)),
        ),
        foot=say("Every number again: groupbot report page --sql"),
    )


def reason_of(r: Reason, say: Say) -> str:
    """A reason in words."""
    text = {
        "silent": "who answers for it has not spoken yet"
        if r.a < 0
        else "who answers for it silent {a} days",
        "leaves": "{a} left, only {b} joined",
        "fell": "active people fell from {a} to {b}",
        "commerce": "promotions were {a}% of {b} messages",
        "crowded": "{a} people spoke within 20 minutes: open a sibling group"
        if r.b
        else "{a} people spoke within 20 minutes: open topics",
        "glow": "{a} people came by themselves, and nobody of yours spoke for {b} days",
    }[r.kind]
    return say(text).format(a=r.a, b=r.b)
