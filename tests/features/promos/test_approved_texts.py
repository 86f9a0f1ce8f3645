"""Templates that change, go or serve one language only, and plans that were approved with them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.promos import service
from tests.features.promos.test_approval import DUE, with_ops, word
from tests.features.promos.test_publish import at, chats, plan, publish, said, slots, take_in


def offer(writer: Writer, tmp_path: Path, text: str = "first") -> Path:
    """The operators' own template shop/offer, in Chinese alone."""
    path = tmp_path / "shop" / "offer.zh.html.j2"
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    writer.content = Content([tmp_path, folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")
    return path


def looked_again(writer: Writer) -> None:
    assert writer.content is not None
    writer.content._found.clear()


def asked(writer: Writer) -> list[dict[str, Any]]:
    return [s.data for s in writer.write(service.ask)]


def test_an_approved_template_that_is_gone_is_named_on_the_card_and_stops_no_other(
    writer: Writer, tmp_path: Path
) -> None:
    with_ops(writer, 1)
    path = offer(writer, tmp_path)
    chats(writer)
    take_in(writer, plan(pool=("shop/offer",)), plan("other", pool=("promos/greeting",), data={"text": "a"}))
    word(writer, 1)
    path.unlink()
    looked_again(writer)
    cards = {d["plan"]: d for d in asked(writer)}
    assert sorted(cards) == ["other", "p"]
    assert cards["p"]["diff"] == ["shop/offer.zh", "-first", "shop/offer.en", "-first"]


def test_one_word_for_the_earlier_version_and_one_for_the_new_are_not_two_for_the_new(
    writer: Writer, tmp_path: Path
) -> None:
    with_ops(writer, 1, 2)
    path = offer(writer, tmp_path)
    chats(writer, 6)
    take_in(writer, plan(pool=("shop/offer",)))
    word(writer, 1)
    word(writer, 2)
    path.write_text("second, longer", "utf-8")
    looked_again(writer)
    assert word(writer, 1, "old").missing == []
    pressed = word(writer, 2)  # at the same moment
    assert (pressed.missing, pressed.short) == ([], True)
    at(writer, DUE)
    publish(writer)
    assert [s.text for s in said(writer)] == ["first"] * 6
    assert not word(writer, 1).short
    at(writer, DUE + timedelta(days=1))
    publish(writer)
    assert [s.text for s in said(writer)[6:]] == ["second, longer"] * 6


def test_the_approved_version_is_said_though_its_file_is_gone(writer: Writer, tmp_path: Path) -> None:
    with_ops(writer, 1)
    path = offer(writer, tmp_path)
    chats(writer)
    take_in(writer, plan(pool=("shop/offer",)))
    word(writer, 1)
    path.unlink()
    looked_again(writer)
    word(writer, 1, "old")
    at(writer, DUE)
    publish(writer)
    assert [s.text for s in said(writer)] == ["first"]


def test_a_plan_whose_template_serves_one_language_only_can_be_approved(
    writer: Writer, tmp_path: Path
) -> None:
    with_ops(writer, 1)
    offer(writer, tmp_path, "---\nfallback: []\n---\nfirst")
    chats(writer)
    take_in(writer, plan(pool=("shop/offer",)))
    assert word(writer, 1).missing == []
    at(writer, DUE)
    publish(writer)
    assert [s.text for s in said(writer)] == ["first"]


def test_a_plan_that_was_stopped_is_not_posted_where_no_plan_waits_for_a_word(writer: Writer) -> None:
    chats(writer)
    take_in(writer, plan())
    assert word(writer, 1, "stop").stopped
    at(writer, DUE)
    publish(writer)
    assert (said(writer), [s[2] for s in slots(writer)]) == ([], ["held", "waiting"])
    word(writer, 1)  # they think again
    publish(writer)
    assert len(said(writer)) == 1
    word(writer, 1, "stop")
    take_in(writer, plan(data={"text": "new"}))  # another plan than the one that was stopped
    at(writer, DUE + timedelta(days=1))
    publish(writer)
    assert len(said(writer)) == 2


def test_a_plan_that_changed_itself_is_shown_and_has_no_earlier_version(
    writer: Writer, tmp_path: Path
) -> None:
    with_ops(writer, 1, 2)
    path = offer(writer, tmp_path, "{{ text }}")
    chats(writer, 6)
    take_in(writer, plan(pool=("shop/offer",), data={"text": "first"}))
    word(writer, 1)
    word(writer, 2)
    take_in(writer, plan(pool=("shop/offer",), data={"text": "second"}))
    [card] = asked(writer)
    assert (card["old"], card["diff"], card["preview"]) == (False, [], "second")
    with pytest.raises(Refusal) as refused:
        word(writer, 1, "old")
    assert refused.value.template == "promos/no_old"
    word(writer, 1)  # one of two
    path.write_text("{{ text }}!", "utf-8")
    looked_again(writer)
    [card] = asked(writer)
    assert (card["old"], card["preview"]) == (False, "second!")
