"""What a chat's scenes came to, and why somebody saw a card."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.engine.work import Work
from groupbot.features.links import service as links
from groupbot.features.members import service as members
from groupbot.features.scenes import domain, store
from groupbot.features.scenes.service import shelf
from groupbot.features.scenes.service.showing import deaf

KEEP = timedelta(days=180)
_MINE, _ALL, _FEW = timedelta(days=30), timedelta(days=2), 5  # how far back /why looks, and how much it names


def why(work: Work, person: int, chat: int | None) -> dict[str, Any] | None:
    """The cards somebody's words brought in the last thirty days, and those of the last two days in this
    `chat` whoever spoke; None where there are none."""
    rows = list(work.sql.all(store.OF_PERSON, person=person, since=work.now - _MINE, most=_FEW))
    if chat is not None:
        rows = [r for r in rows if r.chat_id == chat]
        seen = {(r.scene, r.at) for r in rows}
        lately = work.sql.all(store.OF_CHAT, chat=chat, since=work.now - _ALL, most=_FEW)
        rows += [r for r in lately if (r.scene, r.at) not in seen]
    if not rows:
        return None
    cards = [
        {"title": members.title(work, r.chat_id), "at": r.at, "scene": r.scene, "mine": r.person_id == person}
        for r in sorted(rows, key=lambda r: r.at, reverse=True)[:_FEW]
    ]
    return {"cards": cards, "deaf": deaf(work, person)}


def counts(work: Work, chat: int) -> list[dict[str, Any]]:
    """Every scene of a chat, and those it had: cards said, that would have been said, and held back by which
    limit; how many people came by its button, and for how many it was too much. 180 days."""
    since = work.now - KEEP
    said: dict[str, dict[str, Any]] = {}

    def of(name: str) -> dict[str, Any]:
        return said.setdefault(
            name,
            {"name": name, "said": 0, "shadow": 0, "held": {}, "taps": 0, "complaints": 0, "state": "gone"},
        )

    for scene, muted in shelf.of(work, chat):
        of(scene.name)["state"] = "muted" if muted else "on"
    for r in work.sql.all(store.COUNTS, chat=chat, since=since):
        if r.state == "held":
            of(r.scene)["held"][r.reason] = r.n
        else:
            of(r.scene)[r.state] = r.n
    for r in work.sql.all(store.COMPLAINTS, chat=chat, since=since):
        of(r.scene)["complaints"] = r.n
    for name, row in said.items():
        if row["said"]:
            row["taps"] = links.people(work, f"scene/{name}").get(chat, 0)
    return list(said.values())


def listed(work: Work, chat: int) -> dict[str, Any]:
    """What /scenes shows: is it switched on, only counting, a group that sells, and its scenes."""
    profile = members.profile(work, chat)
    return {
        "active": bool(members.get(work, chat, domain.ON)),
        "shadow": bool(members.get(work, chat, domain.SHADOW)),
        "sells": profile is not None and profile.type == domain.SELLING,
        "scenes": counts(work, chat),
    }


QUESTION = (
    "SELECT c.title, s.scene, s.state, s.reason, COUNT(*) AS cards, SUM(s.complaints) AS complaints,"
    " (SELECT COUNT(DISTINCT v.person_id) FROM v_visit v WHERE v.chat_id = s.chat_id"
    " AND (v.name = 'scene/' || s.scene"
    " OR substr(v.name, 1, length(s.scene) + 7) = 'scene/' || s.scene || '/')) AS came"
    " FROM v_scene s JOIN v_chat c ON c.chat_id = s.chat_id"
    " GROUP BY s.chat_id, c.title, s.scene, s.state, s.reason"
)


def sweep(work: Work) -> None:
    """Forget cards of 180 days ago."""
    before = work.now - KEEP
    work.sql.run(store.OLD_ENOUGH, before=before)
    work.sql.run(store.OLD, before=before)
