"""What the law of a country may ask of prizes: a highest value, terms, a word on minors. Pure.

An engineering reading, no advice: docs/law.md says where each line comes from and what is not certain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from groupbot.features.lottery.domain.order import Prize
from groupbot.features.members.domain import Setting

CAPS = {  # country → highest value of a prize won by chance
    # Anti-Unfair Competition Law of 2017 and 2019, art. 10; the law of 1993 said 5,000, and the number of the
    # article has moved since: to be checked by whoever relies on it
    "cn": "50000 CNY",
    "中国": "50000 CNY",
}
_AMOUNT = re.compile(r"([1-9][\d,]{0,14})\s*([A-Za-z]{3})")


def capped(text: str) -> str:
    """A limit in its one spelling, `50000 CNY`, or "" for none.

    Raises:
        ValueError: neither a country whose limit is known nor an amount with its currency.
    """
    word = str(text).strip()
    known = CAPS.get(word.lower())
    if known or not word:
        return known or ""
    found = _AMOUNT.fullmatch(word)
    if found is None:
        raise ValueError(word)
    return f"{int(found[1].replace(',', ''))} {found[2].upper()}"


PRIZE_CAP = Setting(
    "lottery.prize_cap",
    "",
    "Highest value of one prize; where it is set, draws need lottery.terms and each prize its value",
    reads=capped,
    form="an amount with its currency, or cn",
    example="50000 CNY",
)
TERMS = Setting(
    "lottery.terms",
    "",
    "How prizes are handed over here, on the card of each draw",
    most=300,
    example="At the counter, within 30 days; bring this phone",
)
MINORS = Setting(
    "lottery.minors",
    False,
    "Minors may take part in draws: a guardian agrees and collects",
    choices=(True, False),
)


def handed(prizes: Sequence[Prize]) -> bool:
    """Is there anything but points?"""
    return any(p.kind != "points" for p in prizes)


def against(prizes: Sequence[Prize], cap: str, terms: str) -> tuple[str, dict[str, object]] | None:
    """Why these prizes are not published where `cap` is set: the template and what it says.

    Points and Telegram gifts have no value stated: points buy no money, gifts are bounded by `gift_stars`.
    """
    if not cap or not handed(prizes):
        return None
    if not terms.strip():
        return "lottery/no_terms", {}
    amount, currency = cap.split()
    most = int(amount)
    for p in prizes:
        if p.kind in ("points", "gift"):
            continue
        said = {"prize": p.name, "most": most, "currency": currency}
        if not p.value or p.currency not in ("", currency):
            return "lottery/no_value", said
        if p.value > most:
            return "lottery/over_cap", {**said, "value": p.value}
    return None
