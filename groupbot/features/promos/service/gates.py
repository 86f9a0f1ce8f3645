"""Gates of campaigns: a plan that belongs to a campaign's phase is said only while that phase is open."""

from __future__ import annotations

from groupbot.engine.work import Work
from groupbot.features.promos import store

EVERYWHERE = 0
NOT_OPEN = "not open"


def shut(work: Work, campaign: str, chat: int) -> str:
    """Why this phase's posts are not said in a chat, '' when they are. A phase nobody opened is shut."""
    found: dict[int, str] | None = work.cached("promos.gates").get(campaign)
    if found is None:
        found = {r.chat_id: r.shut for r in work.sql.all(store.GATES, the_campaign=campaign)}
        work.put("promos.gates", campaign, found)
    return found.get(chat, "") or found.get(EVERYWHERE, NOT_OPEN)


def set_gate(work: Work, campaign: str, why: str, chat: int = EVERYWHERE) -> None:
    """Open a phase (`why` is '') or shut it, everywhere or in one chat."""
    work.sql.run(store.SET_GATE, campaign=campaign, chat_id=chat, shut=why[:80], at=work.now)
    work.drop("promos.gates", campaign)
