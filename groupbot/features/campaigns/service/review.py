"""What a campaign came to: planned against done, each post with what it brought, coupons, leaves."""

from __future__ import annotations

from typing import Any

from groupbot.engine.work import Work
from groupbot.features.campaigns import store
from groupbot.features.campaigns.domain import Campaign
from groupbot.features.campaigns.service.chain import chain
from groupbot.features.campaigns.service.effect import effect_of
from groupbot.features.campaigns.service.launching import launched, skips
from groupbot.features.campaigns.service.lessons import learnt
from groupbot.features.campaigns.service.readiness import chats_of, shares
from groupbot.features.campaigns.service.reasons import beside
from groupbot.features.campaigns.service.speed import days_late, first_hour
from groupbot.features.campaigns.service.spread import MARKS, mark
from groupbot.features.campaigns.service.telling import harm
from groupbot.features.coupons import service as coupons
from groupbot.features.links import service as links
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import Plan

POSTS = 12  # of one review


def review(work: Work, name: str) -> dict[str, Any]:
    """The review of a campaign that was launched, over or not.

    Raises:
        Refusal: there is none of this name, or it was never launched.
    """
    return reviewed(work, *launched(work, name))


def reviewed(work: Work, campaign: Campaign, row: Any) -> dict[str, Any]:
    """The same of its row. People who came are counted once a post and group; whether they bought nobody
    sees but by coupons redeemed."""
    chats = chats_of(work, campaign)
    left, complaints = harm(work, chats, row)
    plans = promos.of_campaign(work, campaign.name)
    posts = [_post(work, number, plan, row) for number, plan in plans]
    posts.sort(key=lambda p: (-p["came"], -p["said"], p["name"]))
    words = work.sql.all(store.WORDS, the_name=campaign.name)
    ticked = {w.key for w in words if w.what == "done_cue"}
    seen = shares(work, campaign, chats)
    return {
        "name": campaign.name,
        "reason": campaign.reason,
        "late": days_late(work, campaign, row, chats),
        "speed": first_hour(work, campaign, row),
        "beside": beside(work, campaign),
        "effect": _told(effect_of(work, campaign, row)),
        "ignition": _ignition(work, campaign, row),
        "state": row.state,
        "chats": len(chats),
        "members": row.members,
        "planned": sum(p["planned"] for p in posts),
        "said": sum(p["said"] for p in posts),
        "posts": posts[:POSTS],
        "more": max(0, len(posts) - POSTS),
        "phases": [
            {"name": p.name, "seen": round(s * 100), **_ring(f"{campaign.name}/{p.name}", plans, posts)}
            for p, s in zip(campaign.phases, seen, strict=True)
        ],
        "came": sum(links.people(work, campaign.name).values()),
        "chain": [
            {"link": one["link"], "steps": [{k: v for k, v in s.items() if k != "sql"} for s in one["steps"]]}
            for one in chain(work, campaign, row)
        ],
        "coupons": coupons.used(work, chats, row.at),
        "left": left,
        "complaints": complaints,
        **learnt(words),
        "cues": {"done": sum(str(c.mark) in ticked for c in campaign.run), "all": len(campaign.run)},
        "skips": skips(work, campaign.name, words),
        "override": next((w.detail for w in words if w.what == "override"), ""),
    }


def _ignition(work: Work, campaign: Campaign, row: Any) -> dict[str, Any] | None:
    """How far it spread by the newest mark that is over, of how many people, how well they are known."""
    due = [m for m, span in MARKS.items() if work.now >= row.at + span]
    found = mark(work, campaign, row.at, due[-1]) if due else None
    return found and {k: found[k] for k in ("mark", "level", "few", "audience", "grade", "least")}


def _told(found: dict[str, Any] | None) -> dict[str, Any] | None:
    """With its numbers as people read them."""
    if found is None:
        return None
    numbers = {k: found[k] for k in ("change", "theirs", "effect", "low", "high")}
    written = {k: None if v is None else f"{v:+.2f}" for k, v in numbers.items()}
    return {**{k: found[k] for k in ("how", "groups", "others", "days")}, **written}


def _ring(key: str, plans: list[tuple[int, Plan]], posts: list[dict[str, Any]]) -> dict[str, Any]:
    """Of a phase: whom it was for, its posts planned and done, and who came by them."""
    own = [p for p in posts if p["phase"] == key.partition("/")[2]]
    return {
        "whom": sorted({p.whom.name for _, p in plans if p.campaign == key}),
        **{field: sum(p[field] for p in own) for field in ("planned", "said", "came")},
    }


def _post(work: Work, number: int, plan: Plan, row: Any) -> dict[str, Any]:
    return {
        "name": plan.name,
        "phase": plan.campaign.partition("/")[2],
        **promos.done(work, number, row.at),
        "groups": len(promos.reached(work, number)),
        "came": sum(links.people(work, f"{plan.campaign}/{plan.name}").values()),
    }
