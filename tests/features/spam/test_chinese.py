"""The Chinese sets: adverts in the disguises people use, and shop talk that shares their words.

Judged as a consumer group judges a newcomer's first message with the spam rule on: the rules that are on by
default, then the shipped spam score. Rules, words and the shipped model were made with sight of TUNED;
HELD_OUT was written before anything was run on it, and nothing was changed for it since. tests/data/README.md
tells the sets' history; `python -m tests.benchmarks.languages` prints the figures.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from groupbot.core.events import Message
from groupbot.features.rules.domain.facts import facts_of, judged
from groupbot.features.rules.domain.policy import make
from groupbot.features.rules.service.adverts import texts
from groupbot.features.spam.domain.model import read
from groupbot.features.spam.service import shipped
from groupbot.surfaces.telegram.intake import decode
from tests.features.rules.test_evasion import CARRIERS

AT = datetime(2027, 1, 30, 10, 0, tzinfo=UTC)
DATA = Path(__file__).parents[2] / "data"
SET, HELD_OUT = DATA / "chinese.csv", DATA / "chinese_held_out.csv"
TUNED = (SET, *(DATA / f"chinese_{n}.csv" for n in (2, 3, 4)))
POLICY = make("consumer", lambda setting: setting.key == "rule_spam" or setting.fallback("consumer"))
PLACES = ("text", "photo caption", "video caption", "button", "contact name", "second button", "poll")


def lines(label: str, path: Path = SET) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [r["text"] for r in csv.DictReader(file) if r["label"] == label]


def rule(text: str, carrier: str = "text", *, edited: bool = False) -> str:
    """The rule that finds something in this text, standing in this carrier; '' when none does."""
    kind = "edited_message" if edited else "message"
    message = {
        "message_id": 1,
        "date": int(AT.timestamp()),
        "chat": {"id": -100, "type": "supergroup", "title": "G"},
        "from": {"id": 5, "is_bot": False, "first_name": "A"},
        **({"edit_date": int(AT.timestamp()) + 1} if edited else {}),
        **CARRIERS[carrier](text),
    }
    _, event = decode(json.dumps({"update_id": 1, kind: message}).encode(), AT)
    assert isinstance(event, Message)
    facts = facts_of(event, POLICY)
    if facts is None:
        return ""
    found = judged(facts, POLICY)
    if found is not None:
        return found.rule
    model = shipped()
    score = max(model.score(read(text, folded)) for text, folded in texts(facts))
    return "spam" if score >= model.threshold else ""


def found_in(texts: list[str]) -> int:
    """How many of them a rule or the score finds something in."""
    return sum(bool(rule(t)) for t in texts)


def test_the_set_is_large_and_says_nothing_twice() -> None:
    adverts, talk = lines("spam"), lines("ham")
    assert len(adverts) >= 400
    assert len(talk) >= 600
    assert len({*adverts, *talk}) == len(adverts) + len(talk)


def test_chinese_adverts_are_caught_in_every_carrier_and_shop_talk_is_left_alone() -> None:
    adverts, talk = lines("spam"), lines("ham")
    by: Counter[str] = Counter()
    missed: dict[str, list[str]] = {}
    for place in PLACES:
        for n, text in enumerate(adverts):
            found = rule(text, place, edited=n % 4 == 0)
            by[found or "missed"] += 1
            if not found:
                missed.setdefault(place, []).append(text)
    hit = [t for t in talk if rule(t)]
    for place in PLACES:
        caught = 1 - len(missed.get(place, [])) / len(adverts)
        print(f"han, {place}: caught {caught:.1%} of {len(adverts)}")
    print(f"han: benign hit {len(hit) / len(talk):.2%} of {len(talk)}; found by {dict(by)}")
    assert {p: len(m) for p, m in missed.items() if len(m) > 0.03 * len(adverts)} == {}
    assert len(hit) <= 0.005 * len(talk), hit


def test_lines_of_the_held_out_set_stand_in_no_other() -> None:
    adverts, talk = lines("spam", HELD_OUT), lines("ham", HELD_OUT)
    assert len(adverts) >= 120 and len(talk) >= 200
    assert len({*adverts, *talk}) == len(adverts) + len(talk)
    assert {*adverts, *talk} & {
        t for p in TUNED for label in ("spam", "ham") for t in lines(label, p)
    } == set()


def test_lines_nobody_tuned_on_are_judged_as_well() -> None:
    adverts, talk = lines("spam", HELD_OUT), lines("ham", HELD_OUT)
    caught, hit = found_in(adverts), found_in(talk)
    print(f"han, held out: caught {caught / len(adverts):.1%} of {len(adverts)}, hit {hit} of {len(talk)}")
    assert caught >= 0.97 * len(adverts)
    assert hit <= 0.005 * len(talk)


def test_lines_of_the_other_sets_that_were_used_for_tuning() -> None:
    for path in TUNED[1:]:
        adverts, talk = lines("spam", path), lines("ham", path)
        assert found_in(adverts) >= 0.97 * len(adverts), path
        assert found_in(talk) <= 0.005 * len(talk), path
