"""A report speaks its reader's language, whole: the group's own, of all the operators', or as asked for."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import polib
import pytest

from groupbot.cli import _told, main
from groupbot.cli._told import figure_lines
from groupbot.cli._told_parts import role_lines
from groupbot.cli._tongue import ENGLISH, of_groups, tongue
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Misfit
from groupbot.features.engagement.domain.measures import STAGES, SUGGESTED, WEIGHTS
from groupbot.features.members import service as members
from groupbot.features.members.domain import LANGUAGE
from tests.cli.test_report_numbers import CAMPAIGN, LAST
from tests.cli.test_report_sql import made
from tests.cli.told import teller
from tests.features.members.group import group


def catalogue() -> set[str]:
    made = polib.pofile(folder("content_templates") / "locale" / "zh.po")
    return {m.msgid for m in made.translated_entries()}


def test_every_text_of_a_report_is_in_the_catalogue() -> None:
    said: set[str] = set()
    for file in Path(_told.__file__).parent.glob("_told*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t"
            if called and isinstance(node.args[0], ast.Constant):
                said.add(str(node.args[0].value))
    assert len(said) > 100
    said |= {*SUGGESTED.values()}
    said |= (
        {f"stage.{s}" for s in STAGES}
        | {f"driver.{d}" for d in WEIGHTS}
        | {f"level.{n}" for n in _told.LEVELS}
    )
    assert sorted(said - catalogue()) == []


@pytest.fixture
def told(
    lite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Any:
    made(lite_url, monkeypatch)
    folder_ = tmp_path / "content_templates" / "plans" / "campaigns"
    folder_.mkdir(parents=True)
    (folder_ / "a.yaml").write_text(CAMPAIGN, "utf-8")
    (folder_.parent / "audiences.yaml").write_text("stores: {tier: store}\n")
    return teller(tmp_path, capsys)


NAMES = (  # what people called something, addresses and codes: the same in every language
    r"West Lake|Parents|Lanterns|Till|new tea|Telegram|Nielsen|UTC|Gini|tea( green)?"
    r"|groupbot [\w ]+|[a-z.]+:\d+|/\w+( on)?|--\w+|taste|zhou"
)


@pytest.mark.parametrize(
    "part",
    [
        "",
        "people",
        "posts",
        "topics",
        "roles",
        "stores",
        "bridges",
        "cards",
        "library",
        "scenes",
        "attitude",
        "notices",
        "campaigns",
    ],
)
def test_a_chinese_report_has_no_english_words(told: Any, part: str) -> None:
    words = (*(("--until", str(LAST)) if part in ("", "people", "stores") else ()),)
    said = told(*([part] if part else []), *words, "--lang", "zh")
    left = [
        line for line in said.splitlines()
        if re.search(r"[A-Za-z]{3,}", re.sub(NAMES, "", line.replace("小年促销", "")))
    ]  # fmt: skip
    assert left == []
    english = told(*([part] if part else []), *words, "--lang", "en")
    assert english != said
    assert english.count("\n") == said.count("\n")


def test_json_keys_and_sql_are_the_same_in_every_language(told: Any) -> None:
    until = ("--until", str(LAST))
    assert json.loads(told("--json", *until, "--lang", "zh")) == json.loads(
        told("--json", *until, "--lang", "en")
    )
    zh, en = (told("--sql", *until, "--lang", lang) for lang in ("zh", "en"))
    sql = [[line for line in said.splitlines() if re.match(r" +(SELECT|WITH) ", line)] for said in (zh, en)]
    assert sql[0] == sql[1]
    assert len(sql[0]) > 60
    assert (
        "      -- active_organic\n      SELECT" in zh
    )  # below a Chinese name its key, as docs/metrics.md has it


def test_one_group_is_told_in_its_own_language_and_all_in_the_operators(writer: Writer) -> None:
    def fn(work: Work) -> list[str]:
        chats = [group(work, -1004000000000 - n, f"G{n}") for n in range(4)]
        for chat, lang in zip(chats, ("en", "en", "en", "zh"), strict=True):
            members.put(work, LANGUAGE, lang, chat=chat)
        ops = -1004000000003
        return [
            of_groups(work, *words).lang
            for words in (
                (chats[3:],),
                (chats[:1], "", ops),
                (chats,),
                (chats, "", ops),
                (chats, "en", ops),
                ([],),
            )
        ]

    assert writer.write(fn) == ["zh", "en", "en", "zh", "en", "zh"]
    with pytest.raises(Misfit):
        tongue("fr")


def test_a_language_that_is_none_is_refused_with_the_next_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["report", "--lang", "fr"], ["report", "cards", "--lang", "fr"]):
        with pytest.raises(SystemExit):
            main([*words, "--workspace", str(tmp_path)])
    assert "--lang zh" in capsys.readouterr().err


def test_columns_stand_below_each_other_whatever_the_width_of_letters() -> None:
    f = {"key": "messages", "value": 12.0, "before": 3.0, "unit": "count", "per": "", "n": 0, "least": 0,
         "first": "", "coverage": "A", "sql": "SELECT 1", "how": "", "n_sql": "",
         "before_sql": "SELECT 2"}  # fmt: skip
    (en,), (zh,) = figure_lines(f, ENGLISH, sql=False), figure_lines(f, tongue("zh"), sql=False)
    assert en == f"  {'messages':<28}{12:>9}{3:>9}  A"
    assert zh == f"  消息{' ' * 24}{12:>9}{3:>9}  A"
    level = f | {"key": "ignition", "unit": "level", "value": 2.0, "before": None}
    assert [figure_lines(level, t, sql=False)[0].split()[1] for t in (ENGLISH, tongue("zh"))] == [
        "warming",
        "在升温",
    ]
    assert figure_lines(f, tongue("zh"), sql=True)[1:] == [
        "      -- messages", "      SELECT 1;", "      -- before\n      SELECT 2;",
    ]  # fmt: skip


def test_a_role_is_told_with_the_figures_and_thresholds_that_made_it() -> None:
    did = {"opened": 6, "answered": 5, "acted": 8, "friends": 1}
    row = {"person": 501, "name": "Mei", "role": "creator", "score": 33, "week": "2027-01-25", "did": did}
    one = {"group": "G", "roles": [{**row, "least": {"opened": 4, "acted": 2}}], "sql": "SELECT 1"}
    assert role_lines(one, ENGLISH, sql=True) == [
        "G",
        "  creator   Mei (501), 33 points since 2027-01-25: opened talk on 6 of 28 days (4 make a creator),"
        " did something on 8 (2 make a follower), answered on 5, brought 1 friends",
        "  SELECT 1;",
    ]
    (_, told) = role_lines(one, tongue("zh"), sql=False)
    assert re.findall(r"\d+", told) == ["501", "33", "2027", "01", "25", "28", "6", "4", "8", "2", "5", "1"]
    assert re.findall(r"[A-Za-z]+", told) == ["Mei"]


def test_every_post_is_told_by_its_plan_on_the_group_s_clock(told: Any) -> None:
    span = ("--until", str(LAST), "--days", "28")
    zh = told("posts", *span, "--lang", "zh").splitlines()
    (one,) = (line for line in zh if line.startswith("  计划帖 x,"))
    assert re.search(r",20\d\d-\d\d-\d\d \d\d:\d\d,\d+ 人有反应", one)
    groups = json.loads(told("posts", *span, "--json"))
    assert next(g["posts"] for g in groups if g["posts"])[0]["kind"] == "planned post"
    assert "      -- plans\n      SELECT" in told("posts", *span, "--sql", "--lang", "en")
