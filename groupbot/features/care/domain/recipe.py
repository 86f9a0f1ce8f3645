"""A recipe as written in a file, checked. Every mistake says what was expected and gives an example."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from msgspec import Struct

from groupbot.core import spans
from groupbot.features.promos.domain import Audience, Plan, Wrong, audience_of, nearest, next_time, plan_of

TRIGGERS = (
    "joined", "set_up", "silent", "birthday", "anniversary", "milestone", "thanks", "order", "calendar",
)  # fmt: skip
MILESTONES = ("streak", "members")
WAYS = ("private", "group", "task")
STOPS = ("spoke", "ordered", "checked_in")
TESTS = (*STOPS, "started", "offers")
LAWS = ("emotion", "product", "content", "expert", "activity", "packet", "entrance")
FIELDS = ("name", "law", "when", "only", "steps", "stop", "again", "grace", "about")
_STEP = ("after", "to", "template", "data", "if", "unless", "replace")
_WHEN = {
    "silent": ("{silent: 14d}", ("silent",)),
    "milestone": ("{milestone: streak, at: [7, 30, 100]}", ("milestone", "at")),
    "thanks": ("{thanks: 10}", ("thanks",)),
    "calendar": (
        "{calendar: FREQ=WEEKLY;BYDAY=MO, start: 2027-01-04 10:00}",
        ("calendar", "start", "on", "days_before"),
    ),
}
_PLAIN = ("joined", "set_up", "birthday", "anniversary", "order")
_DAY = 86400
_NOBODY = ("set_up", "calendar", "milestone:members")  # triggers about the group, not about a person


class Step(Struct, frozen=True):
    """So many seconds `after` the trigger, the first of these ways that is open: `private` (they started the
    bot), `group`, or `task` (a named human gets a draft). Only `if_` all tests hold and none of `unless`.
    `replace`: its message in the group takes the last one's place."""

    after: int
    to: tuple[str, ...]
    template: str
    data: dict[str, Any] = {}
    if_: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    replace: bool = False


class Recipe(Struct, frozen=True):
    """What follows from what. `number` and `at` belong to the trigger: days of silence, thanks for so many
    answers a week, the milestones. `again`: seconds before it may begin anew with the same person. A step
    later than `grace` seconds is left out. `calendar` holds the rule of a recipe that comes by date."""

    name: str
    law: str
    when: str
    steps: tuple[Step, ...]
    only: Audience
    stop: tuple[str, ...] = ()
    again: int = 30 * _DAY
    grace: int = _DAY
    number: int = 0
    of: str = ""
    at: tuple[int, ...] = ()
    calendar: Plan | None = None
    about: str = ""

    @property
    def of_group(self) -> bool:
        """Is it about the group as a whole?"""
        return self.when in _NOBODY or f"{self.when}:{self.of}" in _NOBODY


def recipe_of(raw: Any) -> Recipe:
    """A recipe as written.

    Raises:
        Wrong: names the field, what was expected, and an example.
    """
    if not isinstance(raw, dict):
        raise _wrong("", raw, "a mapping", "- name: newcomers")
    _known(raw, FIELDS, "")
    name = raw.get("name")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 60 or "," in name or "\n" in name:
        raise _wrong("name", name, "a name of 1 to 60 characters without commas", "name: newcomers")
    when, made = _when(raw.get("when"))
    only = raw.get("only")
    try:
        whom = audience_of(name, only)
    except Wrong as e:
        raise Wrong("only", f"only: {e.what}", e.next or "only: {tier: store}") from None
    steps = raw.get("steps")
    if not isinstance(steps, list) or not 0 < len(steps) <= 20:
        raise _wrong("steps", steps, "a list of 1 to 20 steps", "steps: [{to: private, template: care/day0}]")
    found = tuple(_step(s, f"steps[{n}]") for n, s in enumerate(steps))
    for n, (one, two) in enumerate(pairwise(found), 1):
        if two.after < one.after:
            raise _wrong(
                f"steps[{n}].after", steps[n].get("after"), "a time not before the step above", "after: 3d"
            )
    recipe = Recipe(
        name=name.strip(),
        law=_one_of("law", raw.get("law", "emotion"), LAWS),
        when=when,
        steps=found,
        only=whom,
        stop=_words("stop", raw.get("stop"), STOPS),
        again=_seconds("again", raw.get("again"), 30 * _DAY),
        grace=_seconds("grace", raw.get("grace"), _DAY),
        about=str(raw.get("about") or ""),
        **made,
    )
    if recipe.of_group:
        for n, step in enumerate(found):
            if "private" in step.to:
                raise _wrong(f"steps[{n}].to", list(step.to), "group or task: it is about nobody", "to: task")
    return recipe


def passed(number: int, at: Sequence[int], within: int) -> int | None:
    """The milestone reached lately: the highest of `at` not above `number`, if it is less than `within`
    back; a bot that was away for a day still sees it."""
    reached = [n for n in at if n <= number]
    return max(reached) if reached and number - max(reached) < within else None


def _when(raw: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(raw, str) and raw in _PLAIN:
        return raw, {}
    if isinstance(raw, str) and raw in _WHEN:
        raise _wrong("when", raw, "its number too", f"when: {_WHEN[raw][0]}")
    if not isinstance(raw, dict) or not raw:
        raise _wrong("when", raw, f"one of {', '.join(TRIGGERS)}", "when: joined")
    kind = next((k for k in raw if k in _WHEN), None)
    if kind is None:
        word = str(next(iter(raw)))
        raise Wrong("when", f"when: no trigger {word!r}", nearest(word, TRIGGERS))
    example, fields = _WHEN[kind]
    raw = {"on" if k is True else k: v for k, v in raw.items()}  # YAML 1.1 reads the word on as true
    _known(raw, fields, "when")
    if kind == "silent":
        days = _seconds("when.silent", raw["silent"], 0) // _DAY
        if not 1 <= days <= 365:
            raise _wrong("when.silent", raw["silent"], "1 to 365 days", f"when: {example}")
        return kind, {"number": days}
    if kind == "thanks":
        return kind, {"number": _number("when.thanks", raw["thanks"], example)}
    if kind == "milestone":
        at = raw.get("at")
        if not isinstance(at, list) or not at:
            raise _wrong("when.at", at, "a list of numbers", f"when: {example}")
        numbers = tuple(sorted({_number("when.at", n, example) for n in at}))
        return kind, {"of": _one_of("when.milestone", raw["milestone"], MILESTONES), "at": numbers}
    return kind, {"calendar": _calendar(raw, example)}


def _calendar(raw: Mapping[str, Any], example: str) -> Plan:
    plan = {"name": "calendar", "audience": "all", "template": "care/day0", "start": raw.get("start")}
    if raw.get("calendar"):
        plan["rrule"] = raw["calendar"]
    plan |= {k: raw[k] for k in ("on", "days_before") if k in raw}
    try:
        made = plan_of(plan, {"all": Audience("all")})
        if next_time(made, UTC, datetime(1971, 1, 1, tzinfo=UTC)) is None:
            raise Wrong("rrule", "it never comes")
    except Wrong as e:
        field = {"rrule": "when.calendar"}.get(e.field, f"when.{e.field}")
        raise Wrong(field, f"{field}: {e.what}", e.next or f"when: {example}") from None
    return made


def _step(raw: Any, place: str) -> Step:
    if not isinstance(raw, dict):
        raise _wrong(place, raw, "a mapping", "- {after: 1d, to: private, template: care/day1}")
    _known(raw, _STEP, place)
    template = raw.get("template")
    if not isinstance(template, str) or template.count("/") != 1:
        raise _wrong(f"{place}.template", template, "a template, folder/name", "template: care/day1")
    data = raw.get("data") or {}
    if not isinstance(data, dict):
        raise _wrong(f"{place}.data", data, "a mapping", "data: {text: Good to see you}")
    if not isinstance(raw.get("replace", False), bool):
        raise _wrong(f"{place}.replace", raw["replace"], "true or false", "replace: true")
    ways = _words(f"{place}.to", raw.get("to"), WAYS)
    if not ways:
        raise _wrong(f"{place}.to", raw.get("to"), "private, group or task, or a list of them", "to: private")
    return Step(
        after=_seconds(f"{place}.after", raw.get("after"), 0),
        to=ways,
        template=template,
        data={str(k): v if isinstance(v, int | float) else str(v) for k, v in data.items()},
        if_=_words(f"{place}.if", raw.get("if"), TESTS),
        unless=_words(f"{place}.unless", raw.get("unless"), TESTS),
        replace=bool(raw.get("replace", False)),
    )


# --- fields
def _wrong(field: str, value: Any, expected: str, example: str) -> Wrong:
    said = "nothing" if value is None else repr(value)
    return Wrong(field, f"{field or 'recipe'}: {said[:80]}, expected {expected}", f"write {example}")


def _known(raw: Mapping[Any, Any], fields: Iterable[str], place: str) -> None:
    fields = list(fields)
    for field in raw:
        if field not in fields:
            where = f"{place}.{field}" if place else str(field)
            raise Wrong(where, f"{where}: no such field", nearest(str(field), fields))


def _words(field: str, value: Any, known: Sequence[str]) -> tuple[str, ...]:
    words = [] if value is None else value if isinstance(value, list) else [value]
    for word in words:
        if word not in known:
            raise _wrong(field, word, f"one of {', '.join(known)}", f"{field.rpartition('.')[2]}: {known[0]}")
    return tuple(words)


def _one_of(field: str, value: Any, known: Sequence[str]) -> str:
    return _words(field, value, known)[0] if isinstance(value, str) else _words(field, [value], known)[0]


def _seconds(field: str, value: Any, usual: int) -> int:
    if value is None:
        return usual
    if value == 0:
        return 0
    found = spans.seconds(value) if isinstance(value, str) else None
    if found is None or found > 366 * _DAY:
        short = field.rpartition(".")[2]
        raise _wrong(field, value, "a span of time up to a year", f"{short}: 3d")
    return found


def _number(field: str, value: Any, example: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= 1_000_000:
        raise _wrong(field, value, "a whole number above 0", f"when: {example}")
    return value
