"""What a group is mainly for, how often people buy what it is about, and what shows whether it works. Pure.

Goods bought often suit selling, whose means are activities; goods bought seldom suit a brand, whose means is
content.
"""

from __future__ import annotations

from groupbot.features.members.domain import Setting

AIMS = ("sell", "brand")
GOODS_ARE = ("often", "seldom")
PURPOSE = Setting("purpose", "", "What the group is mainly for: sell or brand", choices=AIMS)
GOODS = Setting("goods", "", "How often people buy what it is about: often or seldom", choices=GOODS_ARE)
KPI = {
    "sell": ("orders_per_active", "repurchase_30", "repurchase_90"),
    "brand": ("tagged_question", "member_answers", "joined_by_friends"),
}
PACKS = {"sell": ("dealer", "store", "consumer", "landing"), "brand": ("review", "voice", "fans")}
_CHINESE = {"卖货": "sell", "销售": "sell", "品牌": "brand", "常买": "often", "少买": "seldom"}


def mismatch(purpose: str, goods: str) -> str:
    """The other aim these goods suit better; '' where it fits or is not known."""
    better = {("sell", "seldom"): "brand", ("brand", "often"): "sell"}
    return better.get((purpose, goods), "")


def packs(purpose: str, tier: str | None) -> tuple[str, ...]:
    """The packs of posts for an aim; of those for tiers only the group's own."""
    tiers = ("dealer", "store", "consumer")
    return tuple(p for p in PACKS.get(purpose, ()) if p not in tiers or p == tier)


def said(text: str) -> dict[str, str]:
    """The aim and the goods that words name, by setting.

    Raises:
        ValueError: the word that is neither.
    """
    found: dict[str, str] = {}
    for word in text.lower().replace(",", " ").replace("，", " ").replace("、", " ").split():
        known = _CHINESE.get(word, word)
        if known not in (*AIMS, *GOODS_ARE):
            raise ValueError(word)
        found[PURPOSE.key if known in AIMS else GOODS.key] = known
    return found
