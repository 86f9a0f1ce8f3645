"""Lessons of a campaign come before the next one; notes of one ring go on to the next, on both databases."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec import structs

from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.campaigns import service, store
from tests.features.campaigns.test_running import launch, publish, shop
from tests.features.promos.test_publish import at, said

__all__ = ["shop"]

SECOND = """
- name: Lanterns 2028
  reason: again
  audience: stores
  start: 2027-02-10
  end: 2027-02-12
  contact: "@zhou"
  stop: {leaves: 50%, complaints: 2}
  phases: [{name: taste}]
"""


def lesson(writer: Writer, said: str, by: int = 9) -> dict[str, Any]:
    return _without_id(writer.write(lambda w: service.learn(w, said, by)))


def insight(writer: Writer, said: str) -> dict[str, Any]:
    return _without_id(writer.write(lambda w: service.remark(w, said, 9)))


def _without_id(made: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in made.items() if k != "id"}


def test_lessons_are_written_to_a_launched_campaign_and_stand_before_the_next(
    shop: Writer, tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match="campaigns/none"):
        lesson(shop, "Lanterns: too early")  # never launched
    launch(shop)
    made = lesson(shop, "Lanterns: the box came too late")
    assert made == {"name": "Lanterns", "text": "the box came too late", "phase": ""}
    lesson(shop, "Lanterns the box came too late")  # said twice, kept once
    lesson(shop, "Lanterns:换个时间发,早上没人看")
    for wrong in ("Lanterns", "Lanterns: ", ""):
        with pytest.raises(Refusal):
            lesson(shop, wrong)
    with pytest.raises(Refusal) as e:
        lesson(shop, "Lantrens: x")
    assert e.value.data == {"name": "Lantrens", "near": "Lanterns"}
    (tmp_path / "plans" / "campaigns" / "b.yaml").write_text(SECOND, "utf-8")
    both = [
        {"campaign": "Lanterns", "text": "换个时间发,早上没人看"},
        {"campaign": "Lanterns", "text": "the box came too late"},
    ]
    assert shop.write(lambda w: service.board(w, "Lanterns 2028"))["lessons"] == both
    assert shop.write(lambda w: service.review(w, "Lanterns"))["lessons"] == [
        "the box came too late", "换个时间发,早上没人看",
    ]  # fmt: skip
    shop.me = structs.replace(shop.me, ops_chat=-1009)
    at(shop, datetime(2027, 2, 9, 2))
    shop.write(service.watch)  # the end of the one, and a day before the other
    eve = [s.text for s in said(shop) if "2028" in s.text][-1]
    assert "the box came too late" in eve
    # a file that is gone takes no lesson away
    (tmp_path / "plans" / "campaigns" / "a.yaml").unlink()
    assert shop.write(lambda w: service.board(w, "Lanterns 2028"))["lessons"] == both
    assert lesson(shop, "Lanterns: a third")["name"] == "Lanterns"


def test_what_was_written_wrongly_is_taken_back_by_its_first_words(shop: Writer) -> None:
    launch(shop)
    for text in ("the box came too late", "the tea was cold", "the TEA was sold out"):
        lesson(shop, f"Lanterns: {text}")
    insight(shop, "Lanterns: regulars ask for smaller boxes")
    every = ["the box came too late", "the tea was cold", "the TEA was sold out"]
    for words, found in (("the shop", [*every, "regulars ask for smaller boxes"]), ("the tea", every[1:])):
        with pytest.raises(Refusal, match="campaigns/no_lesson") as e:
            shop.write(lambda w, words=words: service.unlearn(w, f"Lanterns: {words}"))
        assert e.value.data == {"name": "Lanterns", "kept": found}
    back = shop.write(lambda w: service.unlearn(w, "Lanterns: The box came"))
    assert back == {"name": "Lanterns", "text": "the box came too late", "phase": ""}
    back = shop.write(lambda w: service.unlearn(w, "Lanterns: regulars ask"))
    assert back == {"name": "Lanterns", "text": "regulars ask for smaller boxes", "phase": "taste"}
    told = shop.write(lambda w: service.review(w, "Lanterns"))
    assert (told["lessons"], told["notes"]) == (["the tea was cold", "the TEA was sold out"], [])
    assert (
        lesson(shop, "Lanterns: the box came too late")["text"] == "the box came too late"
    )  # may be said anew


def test_the_button_below_it_takes_back_the_one_it_stands_below(shop: Writer) -> None:
    launch(shop)
    number = shop.write(lambda w: service.learn(w, "Lanterns: the tea was cold", 9)).pop("id")
    assert shop.write(lambda w: service.unlearn_one(w, number))["text"] == "the tea was cold"
    with pytest.raises(Refusal, match="common/old_button"):
        shop.write(lambda w: service.unlearn_one(w, number))
    (kept,) = [w for w in shop.write(lambda w: w.sql.all(sa.select(store.word))) if w.what == "override"]
    with pytest.raises(Refusal, match="common/old_button"):
        shop.write(lambda w: service.unlearn_one(w, kept.id))  # a decision is no lesson


def test_the_longer_name_of_two_that_begin_alike_is_meant(shop: Writer, tmp_path: Path) -> None:
    (tmp_path / "plans" / "campaigns" / "b.yaml").write_text(SECOND, "utf-8")
    launch(shop)
    shop.write(lambda w: service.launch(w, "Lanterns 2028", 9, "both"))
    assert lesson(shop, "Lanterns 2028 fewer posts")["name"] == "Lanterns 2028"
    assert lesson(shop, "Lanterns 20 boxes were too few")["text"] == "20 boxes were too few"


def test_notes_of_a_ring_are_told_as_the_next_opens_and_in_the_review(shop: Writer) -> None:
    launch(shop)
    made = insight(shop, "Lanterns: regulars ask for smaller boxes")
    assert made == {"name": "Lanterns", "text": "regulars ask for smaller boxes", "phase": "taste"}
    at(shop, datetime(2027, 1, 31, 2))
    publish(shop)
    shop.me = structs.replace(shop.me, ops_chat=-1009)
    at(shop, datetime(2027, 2, 1, 2))
    shop.write(service.watch)
    told = [s.text for s in said(shop) if "offer" in s.text][-1]
    assert "regulars ask for smaller boxes" in told
    insight(shop, "Lanterns: newcomers ask where it grows")
    notes = [
        {"phase": "taste", "text": "regulars ask for smaller boxes"},
        {"phase": "offer", "text": "newcomers ask where it grows"},
    ]
    assert shop.write(lambda w: service.board(w, "Lanterns"))["notes"] == notes
    told_all = shop.write(lambda w: service.review(w, "Lanterns"))
    assert told_all["notes"] == notes
    assert [(p["name"], p["whom"], p["said"], p["planned"], p["came"]) for p in told_all["phases"]] == [
        ("taste", ["stores"], 2, 2, 0),
        ("offer", ["stores"], 0, 0, 0),
    ]
