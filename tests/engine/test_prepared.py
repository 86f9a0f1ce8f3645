"""What is written without Jinja is what Jinja writes."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from groupbot.core.text import parse
from groupbot.engine import words
from groupbot.engine.content import SUFFIX, Content
from groupbot.engine.jinja_limits import render_limited
from groupbot.engine.prepared import ROOM
from groupbot.engine.rendering import Source
from groupbot.engine.shipped import folder
from groupbot.errors import Misfit

ODD = (0, 7, -12, 10**20, "", "  x ", "茶<b>&amp;\n", "%s {{ a }} 'q\" &#0; &lt", "\U0001f375…", "2027-02-04")
MOMENT = datetime(2027, 1, 30, 23, 59, tzinfo=UTC)
HELD = (*ODD, MOMENT, "2027-02-04 10:00", 3601)  # what a filter may be given


def jinja(source: Source, data: dict[str, Any]) -> str:
    with words.in_zone("Asia/Shanghai"):
        return parse(render_limited(source.template, data)).text


def test_every_prepared_text_is_as_jinja_renders_it() -> None:
    content = Content([folder("content_templates")])
    texts = times = 0
    for path in sorted(folder("content_templates").rglob(f"*{SUFFIX}")):
        source = content.compile(path, path.name.removesuffix(SUFFIX).rpartition(".")[2])
        if source.prepared is None:
            continue
        plain = [name for name, write in source.prepared.holes if write is None]
        for n, odd in enumerate(ODD):
            turned = {name: ODD[(n + i) % len(ODD)] for i, name in enumerate(plain)}
            filtered = {name: MOMENT for name, write in source.prepared.holes if write is not None}
            for data in ({**dict.fromkeys(plain, odd), **filtered}, {**turned, **filtered}):
                said = source.prepared.said(data, "Asia/Shanghai")
                if said is not None:
                    assert said == jinja(source, data), path
                    texts += 1
        for held in HELD:
            data = {**dict.fromkeys(plain, 1), **dict.fromkeys(source.prepared.names, held)}
            said = source.prepared.said(data, "Asia/Shanghai")
            if said is not None:
                assert said == jinja(source, data), path
                times += source.prepared.clocked
        assert source.prepared.said({}) is None
    assert texts > 5_000
    assert times > 100


def test_any_two_values_side_by_side_are_as_jinja_writes_them() -> None:
    source = Content([]).text("% {{ a }}{{ b }};lt {{ a }}", "en")
    assert source.prepared is None  # an admin's own text is Jinja's
    made = prepared("% {{ a }}{{ b }};lt {{ a }}")
    for a, b in product((*ODD, "&", "&lt", "amp;"), repeat=2):
        assert made.prepared is not None
        assert made.prepared.said({"a": a, "b": b}) == jinja(made, {"a": a, "b": b})


@pytest.mark.parametrize(
    "body",
    [
        "<b>{{ a }}</b>",
        "{{ a }} &amp;",
        "{% if a %}x{% endif %}",
        "{{ a|join }}",
        "{{ a|mention }}",
        "{{ a|moment }}",
        "{{ a|duration(1) }}",
        "{{ a|of(b) }}",
        "{{ a|of('b', many='c') }}",
        "{{ a.b }}",
        "{{ lang }}",
        "{{ _('x') }}",
        "only words",
    ],
)
def test_what_is_more_than_words_and_names_is_jinjas(body: str) -> None:
    assert prepared(body).prepared is None


@pytest.mark.parametrize(
    "value", [None, True, 1.5, [1], {"a": 1}, 10**30, "x" * (ROOM + 1), words.mention(1, "x")]
)
def test_other_values_are_jinjas(value: Any) -> None:
    made = prepared("{{ a }}!").prepared
    assert made is not None
    assert made.said({"a": value}) is None


def test_a_filter_that_fails_is_named_by_jinja(tmp_path: Any) -> None:
    (tmp_path / "x.en.html.j2").write_text("Until {{ until|day }}", "utf-8")
    content = Content([tmp_path])
    assert content.render("x", "en", {"until": "2027-02-04"}).formatted.text == "Until Feb 4"
    with pytest.raises(Misfit, match="someday"):
        content.render("x", "en", {"until": "someday"})


def test_a_time_is_written_on_the_clock_of_the_chat(tmp_path: Any) -> None:
    (tmp_path / "x.en.html.j2").write_text("At {{ at|clock }}", "utf-8")
    content = Content([tmp_path])
    assert content.render("x", "en", {"at": MOMENT}, "Asia/Shanghai").formatted.text == "At 07:59"
    assert content.render("x", "en", {"at": MOMENT}, "UTC").formatted.text == "At 23:59"


def test_a_count_with_its_noun_is_prepared_and_of_one_it_is_singular() -> None:
    made = prepared('You got {{ n|of("point") }}, as did {{ m|of("person", "people") }}')
    assert made.prepared is not None
    for n, m, said in (
        (1, 1, "You got 1 point, as did 1 person"),
        (0, 2, "You got 0 points, as did 2 people"),
        (1200, 12, "You got 1,200 points, as did 12 people"),
    ):
        assert made.prepared.said({"n": n, "m": m}) == said == jinja(made, {"n": n, "m": m})


def prepared(body: str) -> Source:
    """A template of these words."""
    content = Content([])
    return content.made_of(body, folder("content_templates") / "x.en.html.j2", "en")
