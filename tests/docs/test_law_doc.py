"""What docs/law.md says of the bot is so: tests, commands and settings are there; nothing is sold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from groupbot.engine.plugins import load
from groupbot.engine.shipped import folder
from groupbot.features.invites.store import referral

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "law.md").read_text("utf-8")
OUTSIDE = {"privacy_notice"}  # settings without a dot, told from tables and columns by name


def test_tests_that_the_page_names_are_there() -> None:
    known = {p.name for p in (ROOT / "tests").rglob("test_*.py")}
    named = set(re.findall(r"`(test_\w+\.py)`", PAGE))
    assert len(named) > 20
    assert named - known == set()


def test_commands_and_settings_that_the_page_names_are_there() -> None:
    registry = load()
    commands = {c.name for r in registry.routers for c in r.commands}
    named = set(re.findall(r"`/(\w+)", PAGE)) - {"paysupport"}
    assert len(named) > 12
    assert named - commands == set()
    settings = set(registry.settings)
    named = set(re.findall(r"`((?:lottery|referral)\.\w+)`", PAGE)) | {"keep_text", "log_copies", *OUTSIDE}
    assert len(named) > 6
    assert named - settings == set()


def test_nothing_is_sold_so_there_is_no_paysupport() -> None:
    """Telegram asks for /paysupport where a bot takes Stars: none of the calls and updates of a sale is
    known (a payment told in a group is a service message like others)."""
    sale = re.compile(r"send_?invoice|create_?invoice|pre_?checkout|purchased_?paid", re.I)
    sources = [p for part in ("groupbot", "handlers") for p in (ROOT / part).rglob("*.py")]
    assert len(sources) > 300
    assert [p.name for p in sources if sale.search(p.read_text("utf-8"))] == []
    assert "paysupport" not in {c.name for r in load().routers for c in r.commands}


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("members/setup_line", {"en": "/privacy", "zh": "/privacy"}),
        ("members/welcome", {"en": "/privacy", "zh": "/privacy"}),
        ("help/privacy", {"en": "/offers", "zh": "/offers"}),
        ("invites/mine", {"en": "(I get points when you stay.)", "zh": "(你留下来,我会得积分)"}),
    ],
)
def test_words_that_the_rules_ask_for_are_said(template: str, words: dict[str, str]) -> None:
    for lang, said in words.items():
        assert said in (folder("content_templates") / f"{template}.{lang}.html.j2").read_text("utf-8")


def test_a_friend_has_one_who_brought_them_and_there_is_no_second_level() -> None:
    unique = [{c.name for c in u.columns} for u in referral.constraints if isinstance(u, sa.UniqueConstraint)]
    assert {"chat_id", "person_id"} in unique
    assert {c.name for c in referral.columns} & {"level", "parent_id", "via_id"} == set()
