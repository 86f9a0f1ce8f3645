"""`groupbot packs`, `recipes` and `campaigns` in a workspace without a database."""

from datetime import date, datetime, time
from pathlib import Path

import pytest
import yaml

from groupbot.engine.content import Content
from groupbot.engine.plugins import load
from groupbot.engine.shipped import folder
from groupbot.features.care import service as care
from groupbot.features.promos.domain.audience import Wrong
from groupbot.features.promos.domain.pack import Post, pack_of, when
from groupbot.features.promos.service import packs
from tests.cli.test_plan_templates import told

SHIPPED = [folder("content_templates")]


def test_six_purposes_and_three_tiers_ship_with_recipes_settings_and_texts_that_exist() -> None:
    found, wrong = packs.read(SHIPPED)
    assert [m.line() for m in wrong] == []
    kinds = [p.kind for p in found.values()]
    assert (kinds.count("purpose"), [n for n, p in found.items() if p.kind == "tier"]) == (
        6,
        ["dealer", "store", "consumer"],
    )
    recipes, settings = care.read(SHIPPED)[0], load().settings
    content = Content(SHIPPED)
    for pack in found.values():
        assert set(pack.recipes) <= recipes.keys()
        assert [settings[k].check(v) for k, v in pack.settings.items()] == list(pack.settings.values())
        for lang in content.languages:
            assert len(packs.examples(content, pack, lang)) >= 4
    for name in ("dealer", "store", "consumer"):
        assert {p.week for p in found[name].posts} == {1, 2, 3, 4}
    assert [p.kind for p in found["dealer"].posts if p.kind == "promotion"] == []


@pytest.mark.parametrize(("lang", "rule"), [("zh", "平常"), ("en", "as a rule")])
def test_a_pack_promises_no_more_than_it_keeps(lang: str, rule: str) -> None:
    """Its recipes, its offers and what an admin posts come beside the posts it counts; its questions come on
    the days it names."""
    content = Content(SHIPPED)

    def said(name: str) -> str:
        return content.render(f"packs/{name}", lang, {"shop": "西湖店"}).formatted.text

    for name in ("dealer_1a", "store_1a", "consumer_1a"):
        assert rule in said(name)
        assert not [w for w in ("多一条", "不打扰", "not one more", "no more") if w in said(name)]
    trial = packs.read(SHIPPED)[0]["trial"]
    first, third, week = (when(p, date(2027, 3, 1)).date() for p in trial.posts[:3])
    assert ((third - first).days + 1, (week - first).days) == (3, 7)
    days = {"zh": "第3天和满一周时", "en": "on day 3 and after a week"}
    assert days[lang] in said("trial_open")


def test_a_pack_becomes_drafts_that_pass_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("voice", "trial", "review", "fans", "landing", "alliance", "dealer", "store", "consumer"):
        made = told(tmp_path, capsys, "packs", "use", name, "--start", "2027-03-01")
        assert made[-1] == "next: groupbot plan check, groupbot plan show --drafts"
    checked = told(tmp_path, capsys, "plan", "check")
    assert checked[-1].endswith(" drafts, 0 to mend")
    (path,) = (tmp_path / "content_templates" / "plans").glob("store-*.yaml")
    plans = yaml.safe_load(path.read_text("utf-8"))
    assert ({p["state"] for p in plans}, len(plans)) == ({"draft"}, 12)
    assert plans[0]["start"] == datetime(2027, 3, 1, 10, 30)
    assert [p["name"] for p in plans[:2]] == ["门店 第1周 欢迎来群里", "门店 第1周 哪一顿最难"]
    assert len({p["name"] for p in plans}) == 12
    again = told(tmp_path, capsys, "packs", "use", "store")
    assert "it is there already" in again[-1]
    assert "did you mean store?" in told(tmp_path, capsys, "packs", "use", "stroe")[-1]


def test_lists_and_boards_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(told(tmp_path, capsys, "packs", "list")) == 9
    assert "look at: ideas that were shipped" in told(
        tmp_path, capsys, "packs", "show", "fans", "--lang", "en"
    )
    assert told(tmp_path, capsys, "recipes", "check")[-1] == "14 recipes, 0 to mend"
    assert told(tmp_path, capsys, "recipes", "show", "silent14")[-1].endswith("after 90d at the soonest")
    assert told(tmp_path, capsys, "campaigns", "check")[-1] == "1 campaigns, 0 to mend"
    shown = told(tmp_path, capsys, "campaigns", "show")
    assert shown[-1] == (
        "  test opening: 40 groups of 180 finds 3 % -> 5.4 % or more, read once after 7 days"
    )


def test_a_mistake_in_a_pack_names_its_field() -> None:
    with pytest.raises(Wrong) as e:
        pack_of(
            {
                "name": "n",
                "kind": "tier",
                "posts": [{"week": 1, "day": "XX", "at": "10:00", "template": "a/b"}],
            }
        )
    assert (e.value.field, "expected one of MO" in e.value.what) == ("posts[0].day", True)


def test_days_of_a_week_are_counted_from_the_first_day() -> None:
    monday_of_week_two = Post(2, "MO", time(10), "a/b")
    assert when(monday_of_week_two, date(2027, 3, 3)) == datetime(2027, 3, 15, 10)
