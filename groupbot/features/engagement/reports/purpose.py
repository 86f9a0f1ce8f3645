"""A group's aim as its reports say it."""

from __future__ import annotations

from typing import Any

from groupbot.engine.work import Work
from groupbot.features.engagement.domain.purpose import GOODS, KPI, PURPOSE, mismatch, packs
from groupbot.features.engagement.reports.asking import Ask, Figure
from groupbot.features.engagement.reports.growth import growth
from groupbot.features.engagement.reports.sales import sales
from groupbot.features.engagement.reports.twin import more
from groupbot.features.members import service as members


def purpose_of(work: Work, chat: int) -> dict[str, Any]:
    """`aim` sell or brand, `goods` bought often or seldom ('': nobody said), the aim that suits them `better`
    ('' where it fits), the keys of its measures as `kpi`, and the packs of posts for it."""
    aim, goods = (str(members.get(work, chat, s) or "") for s in (PURPOSE, GOODS))
    profile = members.profile(work, chat)
    return {
        "aim": aim,
        "goods": goods,
        "better": mismatch(aim, goods),
        "kpi": list(KPI.get(aim, ())),
        "packs": list(packs(aim, profile.tier if profile else None)),
    }


def kpi(ask: Ask, aim: str, known: dict[str, Figure]) -> list[Figure]:
    """The measures of an aim; `known` are figures of the same span that were asked for already."""
    wanted = KPI.get(aim, ())
    if not set(wanted) <= set(known):
        some = sales(ask) if aim == "sell" else (*growth(ask), *more(ask))
        known = {**{f.key: f for f in some}, **known}
    return [known[key] for key in wanted]
