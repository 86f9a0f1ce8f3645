"""`groupbot plan` and `groupbot templates` in a workspace without a database."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from groupbot.cli import main
from groupbot.engine.clock import Clock

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
    assert shown[2:4] == ["05 Fri  腊月廿九  holiday", "  10:00  wishes → 1 group"]
    assert shown[-1] == "make-up workdays of 2027 in CN: 未公布 (not published)"
    assert told(place, capsys, "plan", "check") == ["3 plans, 2 of them drafts, 0 to mend"]
    path = place / "content_templates" / "plans" / "a.yaml"
    path.write_text(PLANS.replace("除夕", "腊月三十").replace("greeting\n  data", "greting\n  data"), "utf-8")
    lines = told(place, capsys, "plan", "check")
    assert lines[0].startswith(
        "/content_templates/plans/a.yaml:6: 农历腊月三十 does not exist in the lunar years"
    )
    assert lines[-1] == "2 plans, 2 of them drafts, 1 to mend"


def test_what_needs_a_template_or_the_calendar_is_named_at_its_own_line(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = "\n  start: 2027-01-01 10:00\n  rrule: FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"
    other = (
        PLANS.replace("wishes", "never")
        .replace("\n  on: 农历除夕", "")
        .replace("\n  start: 2027-01-01 10:00", start)
    )
    night = PLANS.replace("wishes", "night").replace("10:00", "03:00")
    bare = PLANS.replace("wishes", "bare").replace("  data: {text: 新年好}\n", "")
    path = place / "content_templates" / "plans" / "a.yaml"
    typo = PLANS.replace("promos/greeting", "promos/greting")
    both = other.replace("never", "both").replace(
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;COUNT=3;UNTIL=20270110"
    )
    path.write_text(typo + other + night + bare + both, "utf-8")
    lines = [
        line.removeprefix("/content_templates/plans/a.yaml:") for line in told(place, capsys, "plan", "check")
    ]
    assert lines[:5] == [
        "34: rrule: COUNT and UNTIL, expected one of them (RFC 5545) -> write FREQ=DAILY;COUNT=3",
        "4: wishes: no template 'promos/greting' -> did you mean promos/greeting?",
        "14: never: it never comes: FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30 -> look at start, rrule and end",
        "21: night: 03:00 lies in the quiet hours 22:30-08:00 (kind: greeting)"
        " -> move it, or write quiet: override with a reason",
        "22: bare: promos/greeting needs text -> add it under data:",
    ]


def test_a_test_says_what_it_can_show_before_it_is_offered_and_has_an_end(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plans = place / "content_templates" / "plans"
    own = PLANS.replace("template: promos/greeting", "pool: [promos/greeting, promos/card]\n  test: opening")
    (plans / "a.yaml").write_text(own, "utf-8")
    (line, _) = told(place, capsys, "plan", "check")[-2:]
    assert line == (
        "/content_templates/plans/a.yaml:5: test 'opening' is of no campaign: nothing says when it ends"
        " -> write campaign: NAME/PHASE, and in its file test: {name: opening, base: 3%, days: 7}"
    )
    card = "point: a, how: b, price: c, until: 2027-02-04, contact: '@zhou', text"
    own = own.replace("test: opening", "test: opening\n  campaign: Lanterns 2027/taste").replace(
        "{text", "{" + card
    )
    (plans / "a.yaml").write_text(own, "utf-8")
    lines = told(place, capsys, "plan", "check")
    assert (
        "note: /content_templates/plans/a.yaml:1: test opening: 40 groups of 180 finds 3 % -> 5.4 % or more,"
        " read once after 7 days"
    ) in lines
    (plans / "a.yaml").write_text(own.replace("test: opening", "test: colours"), "utf-8")
    assert any(
        "test 'colours' is not that of Lanterns 2027: opening" in t
        for t in told(place, capsys, "plan", "check")
    )


def test_a_template_is_previewed_compared_and_checked(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = ["templates", "preview", "promos/card"]
    assert told(place, capsys, *card, "--data", "{price: 39元}") == [
        "【西湖店】山楂陈皮 2提39元(平时72)· 到2月4日 · 售后 @小周",
        "  [去看看]",
        "  [问一问]",
    ]
    fruit = place / "content_templates" / "posts" / "fruit.zh.html.j2"
    fruit.parent.mkdir()
    fruit.write_text("---\npoll: {options: [李子, 山楂], right: 2, why: 切片晒干}\n---\n哪种泡茶?\n", "utf-8")
    assert told(place, capsys, "templates", "preview", "posts/fruit") == [
        "哪种泡茶?", "○ 李子", "✓ 山楂", "→ 切片晒干",
    ]  # fmt: skip
    assert told(place, capsys, *card, "--lang", "fr")[0].endswith(
        "no language 'fr' -> --lang zh or --lang en"
    )
    own = place / "content_templates" / "promos" / "greeting.zh.html.j2"
    own.parent.mkdir()
    own.write_text("---\nsample: {text: hi}\nlifetme: 2h\n---\n<b>{{ text }}</b>\n", "utf-8")
    assert "+<b>{{ text }}</b>" in told(place, capsys, "templates", "diff", "promos/greeting")
    assert told(place, capsys, "templates", "check")[0] == (
        "/content_templates/promos/greeting.zh.html.j2:1: no field 'lifetme' in the front matter"
        " -> did you mean lifetime?"
    )
    assert told(place, capsys, "templates", "versions", "promos/greeting") == [
        "none is kept yet: a running bot keeps each edit that renders"
    ]


def test_files_are_pushed_into_the_workspace_when_they_fit(
    place: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "hello.zh.html.j2"
    file.write_text("---\nsample: {name: Mei}\n---\n你好 {{ name }}\n", "utf-8-sig")  # as Windows saves it
    assert told(place, capsys, "content", "push", str(file))[-1].endswith(
        "hello.zh.html.j2 is new -> say its folder: --to promos"
    )
    pushed = told(place, capsys, "content", "push", str(file), "--to", "mine", "--yes")
    assert (pushed[0], pushed[-1]) == (
        "mine/hello.zh.html.j2", "1 written; a running bot takes them within seconds",
    )  # fmt: skip
    assert told(place, capsys, "content", "push", str(file)) == ["mine/hello.zh.html.j2: the same as now"]
    file.write_text("你好 {{ name|nope }}\n", "utf-8")
    assert "nope" in told(place, capsys, "content", "push", str(file), "--yes")[1]
    live = place / "content_templates" / "mine" / "hello.zh.html.j2"
    assert live.read_text("utf-8").endswith("你好 {{ name }}\n")


def test_this_month_is_that_of_the_groups_clocks(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Clock, "now", lambda self: datetime(2027, 1, 31, 23, tzinfo=UTC))
    assert told(place, capsys, "plan", "show")[1] == "2027-02  1 group, 1 plan"  # in Shanghai


@pytest.mark.parametrize("name", ["month.png", "month", "2027.02"])
def test_a_month_is_drawn_into_the_file_that_is_told(
    place: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    png = tmp_path / name
    assert told(place, capsys, "plan", "show", "--month", "2027-02", "--png", str(png))[-1] == f"/{name}"
    assert png.read_bytes()[:4] == b"\x89PNG"
