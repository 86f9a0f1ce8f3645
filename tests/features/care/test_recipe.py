"""What a recipe may say; what every mistake is answered with."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from groupbot.engine.content import Content
from groupbot.engine.reader import looking
from groupbot.engine.shipped import folder
from groupbot.features.care import service
from groupbot.features.care.domain import LAWS, birthday_of, falls_on, passed, recipe_of
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import Wrong

STEP = {"to": "private", "template": "care/day0"}


def raw(**more: Any) -> dict[str, Any]:
    return {"name": "n", "when": "joined", "steps": [STEP], **more}


def test_a_recipe_reads_its_trigger_its_steps_and_its_times() -> None:
    made = recipe_of(
        raw(
            when={"milestone": "streak", "at": [30, 7]},
            steps=[{**STEP, "to": ["private", "task"]}, {**STEP, "after": "3d", "unless": "spoke"}],
            stop="ordered",
            again="90d",
        )
    )
    assert (made.when, made.of, made.at) == ("milestone", "streak", (7, 30))
    assert [(s.after, s.to, s.unless) for s in made.steps] == [
        (0, ("private", "task"), ()),
        (259200, ("private",), ("spoke",)),
    ]
    assert (made.stop, made.again, made.grace) == (("ordered",), 7776000, 86400)


@pytest.mark.parametrize(
    ("changed", "field", "said", "step"),
    [
        ({"when": "joind"}, "when", "expected one of joined", "when: joined"),
        ({"when": "silent"}, "when", "expected its number too", "when: {silent: 14d}"),
        ({"when": {"silent": "14"}}, "when.silent", "expected a span of time", "silent: 3d"),
        ({"when": {"silence": "14d"}}, "when", "no trigger 'silence'", "did you mean silent?"),
        ({"when": {"thanks": 0}}, "when.thanks", "a whole number above 0", "when: {thanks: 10}"),
        (
            {"when": {"calendar": "FREQ=HOURLY", "start": "2027-01-04 10:00"}},
            "when.calendar",
            "too often",
            "",
        ),
        (
            {"when": {"calendar": "FREQ=DAILY", "start": "never"}},
            "when.start",
            "wall-clock time",
            "start: 2027",
        ),
        ({"nam": 1}, "nam", "no such field", "did you mean name?"),
        ({"name": "a, b"}, "name", "without commas", "name: newcomers"),
        ({"law": "seventh"}, "law", "expected one of emotion", "law: emotion"),
        ({"steps": []}, "steps", "a list of 1 to 20 steps", "steps:"),
        ({"steps": [{**STEP, "to": "mail"}]}, "steps[0].to", "expected one of private", "to: private"),
        (
            {"steps": [{"template": "a/b"}]},
            "steps[0].to",
            "nothing, expected",
            "to: private",
        ),
        ({"steps": [{**STEP, "after": "soon"}]}, "steps[0].after", "a span of time", "after: 3d"),
        ({"steps": [{**STEP, "after": "3d"}, {**STEP, "after": "1d"}]}, "steps[1].after", "not before", "3d"),
        ({"steps": [{**STEP, "tempalte": "a/b"}]}, "steps[0].tempalte", "no such field", "template"),
        ({"steps": [{**STEP, "replace": "yes"}]}, "steps[0].replace", "true or false", "replace: true"),
        ({"stop": "spoken"}, "stop", "expected one of spoke", "stop: spoke"),
        ({"when": "set_up"}, "steps[0].to", "about nobody", "to: task"),
        ({"only": {"tier": "shop"}}, "only", "no tier 'shop'", "known"),
        ({"again": "2y"}, "again", "a span of time", "again: 3d"),
    ],
)
def test_a_mistake_names_field_expected_and_example(
    changed: dict[str, Any], field: str, said: str, step: str
) -> None:
    with pytest.raises(Wrong) as e:
        recipe_of(raw(**changed))
    assert e.value.field == field
    assert said in e.value.what
    assert step in e.value.next


def test_a_broken_file_names_its_line_and_the_other_recipes_stay(tmp_path: Path) -> None:
    (tmp_path / "recipes").mkdir()
    text = """- name: good
  when: joined
  steps:
    - {to: private, template: care/day0}
- name: bad
  when: joined
  steps:
    - to: private
      template: care/day0
    - after: later
      to: private
      template: care/day1
- name: lost
  when: joined
  steps: [{to: private, template: care/nothing}]
"""
    (tmp_path / "recipes" / "a.yaml").write_text(text, "utf-8")
    folders = [tmp_path, folder("content_templates")]
    with looking("sqlite://") as work:
        work.content = Content(folders)
        known, wrong = promos.checked(work, service.KIND)
    assert {"good", "newcomer"} < known.keys()
    assert "bad" not in known
    assert [m.where.rpartition("/")[2] for m in wrong] == ["a.yaml:10", "a.yaml:13"]
    assert (
        wrong[0]
        .line()
        .endswith("steps[1].after: 'later', expected a span of time up to a year -> write after: 3d")
    )


def test_the_shipped_recipes_cover_the_seven_laws() -> None:
    folders = [folder("content_templates")]
    with looking("sqlite://") as work:
        work.content = Content(folders)
        known, wrong = promos.checked(work, service.KIND)
    assert [m.line() for m in wrong] == []
    assert {r.law for r, _ in known.values()} == set(LAWS)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01-30", "01-30"),
        ("1月30日", "01-30"),
        ("1988-2-29", "02-29"),
        ("2-30", None),
        ("x", None),
        ("13-1", None),
    ],
)
def test_a_birthday_is_month_and_day_without_its_year(text: str, day: str | None) -> None:
    assert birthday_of(text) == day


def test_the_29th_of_february_is_kept_on_the_28th_where_there_is_none() -> None:
    assert [falls_on("02-29", date(y, 2, d)) for y, d in ((2027, 28), (2028, 28), (2028, 29))] == [
        True,
        False,
        True,
    ]


def test_a_milestone_counts_for_a_while_after_it_was_reached() -> None:
    assert [passed(n, (7, 30), 3) for n in (6, 7, 9, 10, 31)] == [None, 7, 7, None, 30]
