"""`groupbot plan` and `groupbot templates` in a workspace without a database."""

from pathlib import Path

import pytest

from groupbot.cli import main

PLANS = """\
- name: wishes
  audience: 门店
  kind: greeting
  template: promos/greeting
  data: {text: 新年好}
  on: 农历除夕
  start: 2027-01-01 10:00
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "content_templates" / "plans").mkdir(parents=True)
    (tmp_path / "content_templates" / "plans" / "a.yaml").write_text(PLANS, "utf-8")
    return tmp_path


def told(place: Path, capsys: pytest.CaptureFixture[str], *args: str) -> list[str]:
    try:
        main([*args, "--workspace", str(place)])
    except SystemExit as e:
        assert e.code in (0, 1, 2)
    out = capsys.readouterr()
    return [line.replace(str(place), "") for line in (out.out + out.err).splitlines()]


def test_a_month_is_shown_and_mistakes_are_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = told(place, capsys, "plan", "show", "--month", "2027-02")
    assert shown[2:4] == ["05 Fri  腊月廿九  holiday", "  10:00  wishes → 1 groups"]
    assert shown[-1] == "make-up workdays of 2027 in CN: 未公布 (not published)"
    assert told(place, capsys, "plan", "check") == ["3 plans, 0 to mend"]
    path = place / "content_templates" / "plans" / "a.yaml"
    path.write_text(PLANS.replace("除夕", "腊月三十").replace("greeting\n  data", "greting\n  data"), "utf-8")
    lines = told(place, capsys, "plan", "check")
    assert lines[0].startswith(
        "/content_templates/plans/a.yaml:6: 农历腊月三十 does not exist in the lunar years"
    )
    assert lines[-1] == "2 plans, 1 to mend"


def test_a_template_is_previewed_compared_and_checked(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = ["templates", "preview", "promos/card"]
    assert told(place, capsys, *card, "--data", "{price: 39元}") == [
        "【西湖店】山楂陈皮 2提39元(平时72)· 到2月4日 · 售后 @小周",
        "  [去看看]",
    ]
    own = place / "content_templates" / "promos" / "greeting.zh.html.j2"
    own.parent.mkdir()
    own.write_text("---\nsample: {text: hi}\nlifetme: 2h\n---\n<b>{{ text }}</b>\n", "utf-8")
    assert "+<b>{{ text }}</b>" in told(place, capsys, "templates", "diff", "promos/greeting")
    assert told(place, capsys, "templates", "check")[0] == (
        "/content_templates/promos/greeting.zh.html.j2:1: no field 'lifetme' in the front matter"
        " -> did you mean lifetime?"
    )
    assert told(place, capsys, "templates", "versions", "promos/greeting") == []
