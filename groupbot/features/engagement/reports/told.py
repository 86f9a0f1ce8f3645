"""The bot's posts as people read of them: where, when, what it was, and what followed."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from groupbot.features.engagement.reports.asking import Ask
from groupbot.features.engagement.reports.health import posts
from groupbot.features.members import service as members

KINDS = {  # what a post is, by the feature that made it; answers and notes of the bot's work are none
    "promo": "planned post", "redpacket": "red packet", "lottery": "draw", "quiz": "quiz",
    "contest": "contest", "coupons": "coupon", "shop": "shop", "gathering": "gathering", "notice": "notice",
    "expert": "session with an expert", "scene": "scene card", "attitude": "question of the month",
    "promos.recall": "question of the month",
}  # fmt: skip
PLANS = "SELECT DISTINCT plan_id, plan FROM v_slot WHERE chat_id = {id}"


class Told(Struct, frozen=True):
    """A post of the bot, and what followed."""

    group: str
    ref: str
    message_id: int
    at: str
    people: int
    presses: int
    replies: int
    reactions: int
    leaves: int
    when: str = ""  # on the group's clock, to the minute
    link: str = ""  # to it, in a supergroup
    usual: float = 0.0  # leaves of such an hour
    name: str = ""  # of its plan

    @property
    def kind(self) -> str:
        """What it is, in English."""
        feature = self.ref.partition(":")[0]
        return KINDS.get(feature, feature)

    def called(self, say: Callable[[str], str]) -> str:
        """What it is, and by which plan."""
        return f"{say(self.kind)} {self.name}".rstrip()


def told_of(ask: Ask, title: str, most: int) -> list[Told]:
    """The span's posts that were meant for people, those that moved most of them first."""
    found = [p for p in posts(ask, 1000) if p.ref.partition(":")[0] in KINDS][:most]
    plans = {f"promo:{number}": plan for number, plan in ask.rows(ask.sql(PLANS))}
    return [
        Told(title, p.ref, p.message_id, p.at.isoformat(), p.people, p.presses, p.replies, p.reactions,
             p.leaves, ask.clock(p.at).strftime("%Y-%m-%dT%H:%M"),
             members.link_to(ask.work, ask.chat, p.message_id), p.usual,
             plans.get(":".join(p.ref.split(":")[:2]), ""))
        for p in found
    ]  # fmt: skip


def line_of(t: Told, say: Callable[[str], str], day: Callable[[str], str]) -> str:
    """A line of the page."""
    text = "{group}, {when} ({kind}): {people} people did something (presses {presses}, replies {replies}," \
        " reactions {reactions}), {leaves} left within the hour"  # fmt: skip
    return say(text).format(
        group=t.group, when=f"{day(t.when[:10])} {t.when[11:]}", kind=t.called(say),
        people=t.people, presses=t.presses, replies=t.replies, reactions=t.reactions, leaves=t.leaves,
    )  # fmt: skip
