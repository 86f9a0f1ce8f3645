"""A group goes live: its gaps, and who opened it to promotions, for which reason in spite of them."""

from __future__ import annotations

from typing import Any

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.campaigns.service.launching import note
from groupbot.features.campaigns.service.readiness import lacks
from groupbot.features.members import service as members
from groupbot.features.promos.domain import OPENED, READY_FIRST


def readiness(work: Work, chat: int) -> dict[str, Any]:
    """What `campaigns/ready` says."""
    return {
        "title": members.title(work, chat),
        "gaps": lacks(work, chat),
        "opened": bool(members.get(work, chat, OPENED)),
        "waits": bool(members.get(work, chat, READY_FIRST)),
    }


def open_chat(work: Work, chat: int, by: int, because: str = "") -> None:
    """Open a group to promotions (they wait for it where `ready_first` is on). With gaps only `because` of
    something, which is kept with them.

    Raises:
        Refusal: gaps and no reason.
    """
    missing = lacks(work, chat)
    if missing and not because.strip():
        raise Refusal("campaigns/ready", **readiness(work, chat))
    members.put(work, OPENED, True, chat=chat, by=by)
    noted = ", ".join(g["code"] for g in missing)
    said = f"{because.strip()[:300]} ({noted})" if missing else ""
    _note(work, chat, "override" if missing else "open", said, by)


def close_chat(work: Work, chat: int, by: int) -> None:
    """Promotions wait again."""
    members.put(work, OPENED, False, chat=chat, by=by)
    _note(work, chat, "close", "", by)


def _note(work: Work, chat: int, what: str, detail: str, by: int) -> None:
    note(work, f"group:{chat}", what, f"{work.now:%Y-%m-%dT%H:%M:%S.%f}", detail, by)
