"""A change of stage is told once to who answers, with figures and acts this bot has; members hear nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec import structs

from groupbot.core.effects import Send
from groupbot.engine.content import Content
from groupbot.engine.plugins import load
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.care import service as care
from groupbot.features.engagement import reports
from groupbot.features.lifecycle import service
from groupbot.features.lifecycle.domain import playbook_of
from groupbot.features.lifecycle.service.telling import _TOLD, A_DAY, Drafts, SwitchOn
from groupbot.features.members import service as members
from groupbot.features.members.domain import LANGUAGE
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import Wrong
from groupbot.features.promos.service.pushing import fresh
from tests.features.engagement.test_digest import MONDAY, OPS, at, groups
from tests.features.engagement.test_stages import judged, lived
from tests.features.members.group import stands, starts

BOSS = 77


@pytest.fixture
def asleep(writer: Writer, tmp_path: Path) -> int:
    """A store's group that has just fallen asleep, in the eyes of who looks at noon on Tuesday."""
    writer.content = Content([tmp_path, folder("content_templates")])
    groups(writer)
    chat = lived(writer, *[30] * 6, 0, 0, 0)
    for week in (5, 6, 7, 8):
        judged(writer, week)
    return chat


def heard(writer: Writer) -> list[Send]:
    said: list[Send] = []

    def fn(work: Work) -> None:
        service.tell(work)
        said.extend(e for e in work.effects if isinstance(e, Send))
        work.effects.clear()

    writer.write(fn)
    writer.write(lambda w: w.empty_caches())
    return said


def set_up(writer: Writer, chat: int, *, boss: bool) -> None:
    def fn(work: Work) -> None:
        members.set_profile(work, chat, tier="store")
        members.put(work, LANGUAGE, "zh", chat=chat)
        if boss:
            starts(work, BOSS)
            stands(work, chat, BOSS, "creator")

    writer.write(fn)


def test_who_answers_is_told_once_with_figures_and_a_playbook(writer: Writer, asleep: int) -> None:
    assert heard(writer) == []  # it only observes: the digest alone names it
    set_up(writer, asleep, boss=True)
    (said,) = heard(writer)
    assert (said.user, said.template) == (BOSS, "lifecycle/stage")
    data = said.data
    assert (data["was"], data["stage"], data["since"]) == ("mature", "dormant", "2027-01-25")
    assert (data["active"], data["known"]) == ([30, 30, 30, 30, 30, 0, 0, 0], 30)
    assert [(a["do"], a["what"]) for a in data["acts"]] == [
        ("command", "review month"), ("pack", "voice"), ("command", "retire")
    ]  # fmt: skip
    assert [b.tap for row in said.buttons for b in row] == [Drafts(asleep, "voice")]
    assert heard(writer) == []
    content = Content([folder("content_templates")])
    texts = [
        content.render("lifecycle/stage", lang, data, "Asia/Shanghai").formatted.text for lang in ("zh", "en")
    ]
    assert ["沉寂期" in texts[0], "went from mature to dormant" in texts[1]] == [True, True]


def test_the_operators_hear_where_nobody_can_be_reached_and_nobody_at_night(
    writer: Writer, asleep: int
) -> None:
    set_up(writer, asleep, boss=False)
    at(writer, MONDAY - timedelta(hours=2))  # seven in the morning
    assert heard(writer) == []
    at(writer, MONDAY + timedelta(days=1))
    (said,) = heard(writer)
    ops = writer.write(lambda w: w.sql.value(sa.text(f"SELECT id FROM chat WHERE telegram_id = {OPS}")))
    assert (said.chat, said.user) == (ops, None)


def test_one_person_hears_of_three_groups_a_day(writer: Writer, asleep: int) -> None:
    set_up(writer, asleep, boss=True)
    today = "2027-02-02"

    def full(work: Work) -> list[Send]:
        work.put(_TOLD, BOSS, (today, A_DAY))
        service.tell(work)
        return [e for e in work.effects if isinstance(e, Send)]

    assert writer.write(full) == []
    writer.write(lambda w: w.empty_caches())
    at(writer, MONDAY + timedelta(days=2))
    assert len(heard(writer)) == 1


def test_a_button_switches_a_recipe_on_and_drafts_go_to_the_operators(writer: Writer, asleep: int) -> None:
    set_up(writer, asleep, boss=True)
    change = writer.write(reports.untold)[0]

    def fn(work: Work) -> list[object]:
        _, rows = service.shown(work, change, "zh")
        whom = service.draft(work, asleep, "voice", BOSS)
        (push,) = fresh(work, (service.KIND, care.KIND))
        return [whom, push["wrong"], push["file"], [b.tap for r in rows for b in r]]

    whom, wrong, file, buttons = writer.write(fn)
    assert (whom, wrong, file) == ("门店", [], "plans/voice-门店.yaml")
    assert buttons == [Drafts(asleep, "voice")]
    with pytest.raises(Refusal) as no:
        writer.write(lambda w: service.draft(w, asleep, "nowhere", BOSS))
    assert no.value.data["why"] == "pack"
    falling = structs.replace(change, stage="declining")
    _, rows = writer.write(lambda w: service.shown(w, falling, "zh"))
    assert [b.tap for r in rows for b in r] == [SwitchOn(asleep, "silent14"), Drafts(asleep, "store")]
    writer.write(lambda w: care.switch(w, asleep, "silent14", True, BOSS))
    _, rows = writer.write(lambda w: service.shown(w, falling, "zh"))
    assert [b.tap for r in rows for b in r] == [Drafts(asleep, "store")]


def test_what_is_shipped_fits_this_bot(writer: Writer) -> None:
    writer.me = structs.replace(writer.me, commands=tuple(load().commands.values()))

    def fn(work: Work) -> list[str]:
        work.content = Content([folder("content_templates")])
        found, wrong = promos.checked(work, service.KIND)
        assert {p.stage for p, _ in found.values()} == {"growing", "mature", "declining", "dormant"}
        return [m.line() for m in wrong]

    assert writer.write(fn) == []


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ("growing", ""),
        ({"name": "a", "stage": "old", "acts": []}, "stage"),
        ({"name": "a", "stage": "mature", "acts": []}, "acts"),
        (
            {"name": "a", "stage": "mature", "acts": [{"recipe": "x", "pack": "y", "why": {"zh": "z"}}]},
            "acts[0]",
        ),
        ({"name": "a", "stage": "mature", "acts": [{"recipe": "x"}]}, "acts[0].why"),
        (
            {"name": "a", "stage": "mature", "acts": [{"recipe": "x" * 25, "why": {"zh": "z"}}]},
            "acts[0].recipe",
        ),
        ({"name": "a", "stage": "mature", "only": {"tier": "shop"}, "acts": []}, "acts"),
        ({"name": "a", "stage": "mature", "todo": []}, "todo"),
    ],
)
def test_what_does_not_fit_names_its_field(raw: object, field: str) -> None:
    with pytest.raises(Wrong) as wrong:
        playbook_of(raw)
    assert wrong.value.field == field
