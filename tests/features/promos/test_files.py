"""Plan files: what is read, what does not fit and where."""

from pathlib import Path

import pytest

from groupbot.engine.shipped import folder
from groupbot.features.promos.service.files import read

GOOD = """\
- name: notice
  audience: all
  template: promos/notice
  start: 2027-01-30 10:00
"""


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    made = tmp_path / "plans"
    made.mkdir()
    (made / "audiences.yaml").write_text("all: {}\n门店·华东: {tier: store, region: 华东}\n", "utf-8")
    return made


def said(plans: Path, text: str, name: str = "a.yaml") -> list[str]:
    (plans / name).write_text(text, "utf-8")
    return [m.line().replace(f"{plans}/", "") for m in read([plans.parent]).misfits]


def test_shipped_examples_fit() -> None:
    shelf = read([folder("content_templates")])
    assert [m.line() for m in shelf.misfits] == []
    assert {p.state for p, _ in shelf.plans} == {"draft"}


def test_good_files_give_plans_with_their_place(plans: Path) -> None:
    assert said(plans, GOOD) == []
    [(plan, where)] = read([plans.parent]).plans
    assert (plan.name, plan.kind, plan.grace, plan.keep) == ("notice", "other", 7200, 1)
    assert where == f"{plans}/a.yaml:1"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "audience: all",
            "audience: 门店·华冬",
            "a.yaml:2: notice: no audience '门店·华冬' -> did you mean 门店·华东?",
        ),
        ("template:", "tempalte:", "a.yaml:3: no field 'tempalte' -> did you mean template?"),
        (
            "2027-01-30 10:00",
            "10 o'clock",
            "a.yaml:4: start is not a wall-clock time -> write start: 2027-01-30 10:00, without a zone",
        ),
        (
            "2027-01-30 10:00",
            "2027-01-30T10:00:00+08:00",
            "a.yaml:4: start is not a wall-clock time -> write start: 2027-01-30 10:00, without a zone",
        ),
        ("- name: notice", "- name: [", "a.yaml:3: not YAML: "),
    ],
)
def test_a_mistake_is_named_with_file_line_and_next_step(plans: Path, old: str, new: str, line: str) -> None:
    [found] = said(plans, GOOD.replace(old, new))
    assert found.startswith(line)


USUAL = "write {}: 2027-01-30 10:00, without a zone"
DAYS = "months go from 01 to 12, days from 01"
HOURS = "hours go from 00:00 to 23:59"
FEBRUARY = "the last day of that month is 2027-02-28"


@pytest.mark.parametrize("field", ["start", "end", "except"])
@pytest.mark.parametrize(
    ("text", "what", "step"),
    [
        ("2027-02-30 10:00", "there is no day 2027-02-30", FEBRUARY),
        ("2027-02-29 10:00:00", "there is no day 2027-02-29", FEBRUARY),
        ("2027-02-30", "there is no day 2027-02-30", FEBRUARY),
        ("'2027-02-30'", "there is no day 2027-02-30", FEBRUARY),
        (
            "2027-04-31T10:00:00+08:00",
            "there is no day 2027-04-31",
            "the last day of that month is 2027-04-30",
        ),
        ("2027-13-01 10:00", "there is no day 2027-13-01", DAYS),
        ("2027-02-00", "there is no day 2027-02-00", DAYS),
        ("2027-02-28 25:00", "there is no time 25:00", HOURS),
        ("2027-02-28 10:60:00", "there is no time 10:60", HOURS),
        ("2027-2-30 10:00", "{} is not a wall-clock time", USUAL),
    ],
)
def test_a_day_or_a_time_that_does_not_exist_is_told_as_such(
    plans: Path, field: str, text: str, what: str, step: str
) -> None:
    line = f"{field}: {text}"
    wrong = GOOD.replace("start: 2027-01-30 10:00", line) if field == "start" else GOOD + f"  {line}\n"
    named = what.format(field) if "{}" in what else f"{field}: {what}"
    place = "a.yaml:4" if field == "start" else "a.yaml:5"
    assert said(plans, wrong) == [f"{place}: {named} -> {step.format(field)}"]
    other = GOOD.replace("notice\n", "other\n", 1)
    assert said(plans, wrong + other) != []
    shelf = read([plans.parent])  # the rest of the file counts
    assert ([p.name for p, _ in shelf.plans], shelf.kept, shelf.broken) == (["other"], {"notice"}, set())


def test_a_value_that_is_none_is_named_with_its_file_and_line(plans: Path) -> None:
    assert said(plans, GOOD + "  count: !!int many\n") == [
        "a.yaml:5: not a plain value: invalid literal for int() with base 10: 'many' -> mend this line"
    ]
    for text in ("!!bool perhaps", "!!int ''", "!!timestamp soon"):
        [line] = said(plans, f"{GOOD}  owner: {text}\n")
        assert line.startswith("a.yaml:5: not a plain value: ")
    assert said(plans, GOOD + "  owner: !!python/name:os\n") == [
        "a.yaml:5: not a plain value: could not determine a constructor for the tag"
        " 'tag:yaml.org,2002:python/name:os' -> mend this line"
    ]


@pytest.mark.parametrize(
    ("field", "step"),
    [
        ("kind: promo", "did you mean promotion?"),
        ("missed: never", "e.g. skip after 2h, or each<=3 within 6h"),
        ("quiet: override", "write quiet: override and reason: …"),
        ("quiet: overide", "write quiet: override and reason: …"),
        ("zone: Asia/Shanghai", "each group has its own clock: /settings zone there"),
        ("at: 10:00", "write start: 2027-01-30 10:00"),
        ("text: hello", "groupbot new post NAME writes one with its text; name it under template:"),
        ("temp: promos/notice", "did you mean template?"),
        ("count: -1", "write count: 5"),
        ("data: {url: shop.example}", "start it with https://"),
    ],
)
def test_a_field_that_does_not_fit_tells_what_does(plans: Path, field: str, step: str) -> None:
    [found] = said(plans, GOOD + f"  {field}\n")
    assert found.startswith("a.yaml:5: ")
    assert found.endswith(f"-> {step}")


@pytest.mark.parametrize(
    ("text", "keep", "grace"),
    [
        ("skip after 15m", 1, 900),
        ("latest", 1, 43200),
        ("each<=3 within 6h", 3, 21600),
        ("each <= 2", 2, 43200),
    ],
)
def test_missed_policies(plans: Path, text: str, keep: int, grace: int) -> None:
    assert said(plans, GOOD + f"  missed: {text}\n") == []
    [(plan, _)] = read([plans.parent]).plans
    assert (plan.keep, plan.grace) == (keep, grace)


def test_one_bad_plan_leaves_the_others_and_names_itself(plans: Path) -> None:
    [found] = said(plans, GOOD + GOOD.replace("notice\n", "other\n", 1).replace("all", "nobody"))
    shelf = read([plans.parent])
    assert found.startswith("a.yaml:6: other: no audience 'nobody'")
    assert ([p.name for p, _ in shelf.plans], shelf.kept) == (["notice"], {"other"})


def test_two_plans_of_one_name_are_refused(plans: Path) -> None:
    [found] = said(plans, GOOD + GOOD)
    assert found.startswith("a.yaml:5: two plans are named notice")


def test_the_operators_folder_lies_over_the_shipped_one(plans: Path, tmp_path: Path) -> None:
    own = tmp_path / "own" / "plans"
    own.mkdir(parents=True)
    (own / "audiences.yaml").write_text("all: {tier: dealer}\n", "utf-8")
    (own / "a.yaml").write_text(GOOD.replace("notice\n", "mine\n", 1), "utf-8")
    said(plans, GOOD)
    shelf = read([own.parent, plans.parent])
    assert [p.name for p, _ in shelf.plans] == ["mine"]
    assert sorted(shelf.audiences) == ["all", "门店·华东"]
    assert shelf.audiences["all"].tier == ("dealer",)


@pytest.mark.parametrize(
    "mistake",
    ["门店·华东: {tier: store, excpt: [Store 2]}\n", "门店·华东: {tier: store, except: [Store 2]\n"],
)
def test_no_plan_falls_back_to_the_shipped_audience_where_the_operators_does_not_fit(
    plans: Path, tmp_path: Path, mistake: str
) -> None:
    own = tmp_path / "own" / "plans"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text(GOOD.replace("audience: all", "audience: 门店·华东"), "utf-8")
    (own / "audiences.yaml").write_text("门店·华东: {tier: store, except: [Store 2]}\n", "utf-8")
    folders = [own.parent, plans.parent]
    assert [p.whom.but for p, _ in read(folders).plans] == [("Store 2",)]
    (own / "audiences.yaml").write_text(mistake, "utf-8")
    shelf = read(folders)
    assert (shelf.plans, shelf.kept) == ([], {"notice"})  # as it was taken in last
    assert shelf.misfits[0].where == f"{own}/audiences.yaml:{2 if 'except' in mistake else 1}"


def test_a_file_that_is_no_list_says_how_to_start(plans: Path) -> None:
    assert said(plans, "name: notice\n") == [
        "a.yaml:1: not a list of plans -> start each plan with `- name: …`"
    ]
