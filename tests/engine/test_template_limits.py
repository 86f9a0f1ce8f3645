"""Hostile templates are refused within a budget; what members are called stays text."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest

from groupbot.core.text import TEXT_LIMIT, clip, parse, units
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.errors import Misfit

HOSTILE = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ x.__init__.__globals__ }}",
    "{{ x|attr('__class__') }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__ }}",
    "{{ namespace(a=1) }}",
    "{{ dict(a=1) }}",
    "{{ joiner() }}",
    "{{ config }}",
    "{{ request }}",
    "{{ ''['__class__'] }}",
    "{{ '{0.__class__}'.format(x) }}",
    "{{ '{:>999999999}'.format(1) }}",
    "{{ ''.join.__func__ }}",
    "{{ _.__globals__ }}",
    "{{ gettext.__code__ }}",
    "{{ range.__self__ }}",
    "{{ x.upper.__self__.__class__ }}",
    "{% include 'secret' %}",
    "{% import 'os' as os %}",
    "{% extends 'base' %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% block a %}{% endblock %}",
    "{% filter upper %}x{% endfilter %}",
    "{% set a %}aaaa{% endset %}{{ a }}",
    "{{ 'a' * 1000000000 }}",
    "{{ '%0500000000d' % 1 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ [0] * 1000000000 }}",
    "{{ range(1000000000) }}",
    "{{ range(999)|list }}",
    "{{ 'x'.center(1000000000) }}",
    "{{ 'x'['center'](1000000000) }}",
    "{% set f = 'x'.zfill %}{{ f(1000000000) }}",
    "{{ '\t'.expandtabs(1000000000) }}",
    "{{ ('a'|upper).replace('A', 'b') }}",
    "{{ 1|round(-1000000000) }}{{ x.boom }}",
    "{{ 1.5|round(1000000000, 'ceil') }}",
    "{% for a in range(999) %}" * 3 + "x" + "{% endfor %}" * 3,
    "{% for a in range(1000) recursive %}{{ loop(range(9)) }}{% endfor %}",
    "{% for a in range(1000) %}{% for b in range(1000) %}{% if a == b %}{% endif %}{% endfor %}{% endfor %}",
    "{% set a = 'aaaaaaaa' %}" + "{% set a = a ~ a %}" * 40 + "{{ a|length }}",
    "{% set a = 'aaaaaaaa' %}" + "{% set a = a + a %}" * 40 + "{{ a|length }}",
    "{% set a = [1, 2] %}" + "{% set a = a + a %}" * 40 + "{{ a|length }}",
    "{% set a = 1 %}" + "{% set a = [a, a] %}" * 60 + "{{ a }}",
    "{% set a = 99999999 %}" + "{% set a = a * a %}" * 40 + "{{ a > 1 }}",
    "{% set a = 'aaaaaaaa' %}" + "{% set a = [a, a]|join(a) %}" * 30 + "{{ a|length }}",
    "{{ range(1000)|join('x' * 100000) }}",
    "{{ 1|bar(1, 1000000000) }}{{ x.boom }}",
    "{{ " + "9" * 5000 + " }}",
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "{{ " + "-" * 3000 + "1 }}",
    "{% if 1 %}" * 150 + "{% endif %}" * 150,
    "{% for a in [1] %}" * 30 + "{% endfor %}" * 30,
    "x" * 40_000,
    "{{ x",
    "{% for %}",
    "{{ missing }}",
    "{{ 1 / 0 }}",
    "{{ x() }}",
    "{{ 'hawthorn'|upper|truncate(2) }}",
    "{{ ('inf'|float)|int }}",
    "<script>alert(1)</script>",
    "<b>open",
    "</b>",
    "<![weird[",
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_template_is_refused_within_its_budget(tmp_path: Path, body: str) -> None:
    path = tmp_path / "t" / "bad.en.html.j2"
    path.parent.mkdir()
    path.write_text(body)
    content = Content([tmp_path])
    start = time.thread_time()
    tracemalloc.start()
    try:
        found = content.check()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(found) == 1
    assert found[0].where.startswith(str(path))
    assert peak < 16_000_000
    assert time.thread_time() - start < 4.0  # 100 ms on a calm machine; here under tracemalloc


def made(folder: Path, body: str, **data: object) -> str:
    path = folder / "t" / "good.en.html.j2"
    path.parent.mkdir(exist_ok=True)
    path.write_text(body)
    return Content([folder]).render("t/good", "en", dict(data)).formatted.text


def test_ordinary_templates_still_work(tmp_path: Path) -> None:
    body = (
        "{% for name, n in rows %}{{ loop.index }}. {{ name }} {{ n|points }}{{ ' ' ~ n }}\n{% endfor %}"
        "{{ names|join(', ') }} {{ d.get('k') }} {{ 2 * 3 + 1 }} {{ 1.26|round(1) }} {{ [1, 2]|sum }}"
    )
    data = {"rows": [("Mei", 1200), ("Li", 5)], "names": ["a", "b"], "d": {"k": "v"}}
    assert made(tmp_path, body, **data) == "1. Mei 1,200 1200\n2. Li 5 5\na, b v 7 1.3 3"


@pytest.mark.parametrize("name", ["<b>", "a & b", "_x_", "{{ 1 }}", "{% x %}", "&lt;", "</a>", "*[a](b)`"])
def test_what_members_are_called_stays_text(tmp_path: Path, name: str) -> None:
    body = "{{ name }} {{ 5|mention(name) }} {{ name ~ '!' }} {{ [1]|join(name) }}{{ names|join(' ') }}"
    assert made(tmp_path, body, name=name, names=[name]) == f"{name} {name} {name}! 1{name}"


def test_broken_edit_keeps_the_last_good_version_and_names_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groupbot.engine.content.RECHECK", 0.0)
    path = tmp_path / "t" / "a.en.html.j2"
    path.parent.mkdir()
    path.write_text("---\nsample: {}\n---\nfirst")
    content = Content([tmp_path])
    assert content.render("t/a", "en", {}).formatted.text == "first"
    path.write_text("---\nsample: {}\n---\n\n{{ oh no }}")
    assert content.render("t/a", "en", {}).formatted.text == "first"
    assert [m.where for m in content.check()] == [f"{path}:5"]
    path.write_text("---\nsample: {}\n---\nsecond one")
    assert content.render("t/a", "en", {}).formatted.text == "second one"


def test_operators_version_lies_over_the_shipped_and_a_failing_one_is_passed_over(tmp_path: Path) -> None:
    for place, body in (("own", "own {{ n }}"), ("shipped", "shipped")):
        path = tmp_path / place / "t" / "a.en.html.j2"
        path.parent.mkdir(parents=True)
        path.write_text(body)
    content = Content([tmp_path / "own", tmp_path / "shipped"])
    assert content.render("t/a", "en", {"n": 1}).formatted.text == "own 1"
    assert content.render("t/a", "en", {}).formatted.text == "shipped"


def test_undefined_name_is_told_with_its_line_and_the_likely_one(tmp_path: Path) -> None:
    with pytest.raises(Misfit, match=r"did you mean amount\?") as caught:
        made(tmp_path, "---\nsample: {}\n---\none\n{{ amuont }}", amount=3)
    assert caught.value.where.endswith("good.en.html.j2:5")


def test_long_text_is_cut_to_telegrams_limit(tmp_path: Path) -> None:

    cut = clip(parse("<b>" + "😀" * 4000 + "</b>"), TEXT_LIMIT)
    assert units(cut.text) <= TEXT_LIMIT
    assert [(e.offset, e.length) for e in cut.entities] == [(0, units(cut.text))]


def test_a_usage_line_is_translated_and_its_signs_stay_text() -> None:
    content = Content([folder("content_templates")])

    def said(usage: str, lang: str) -> str:
        return content.render("common/usage", lang, {"usage": usage, "example": ""}).formatted.text

    assert said("/undo CASE", "zh") == "用法:/undo 编号"
    assert said("/quiz <word> & 50%", "en") == "Usage: /quiz <word> & 50%"
