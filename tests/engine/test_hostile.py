"""G23 in short: hostile expressions in every place of a template; none escapes, each ends in time."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest

from groupbot.core.text import units
from groupbot.engine.content import Content
from groupbot.engine.rendering import Source, render_source
from groupbot.errors import Misfit

CANARY = "canary-5e1f-secret"
REACHES = [
    f"{start}{step}"
    for start, step in itertools.product(
        [
            "''",
            "x",
            "[]",
            "{}",
            "1",
            "range",
            "_",
            "lang",
            "rows",
            "d",
            "n|abs",
            "x.upper",
            "(x,)",
            "loop",
            "self",
        ],
        [
            ".__class__.__mro__[1].__subclasses__()",
            "['__class__']['__base__']",
            "|attr('__class__')",
            ".__init__.__globals__['__builtins__']['open']('/etc/passwd').read()",
            ".__doc__",
            "._private",
        ],
    )
]
GROWS = [
    "'a' * 10**8",
    "x * 99999999",
    "'%099999999d' % n",
    "'{:>99999999}'.format(n)",
    "x.center(10**8)",
    "x.zfill(99999999)",
    "x.ljust(99999999)",
    "x.replace('a', 'aaaa')",
    "9**9**9",
    "(9**99)**99",
    "2 ** 100000",
    "range(10**9)|list",
    "range(999)|map('string')|list",
    "[x] * 10**8",
    "rows * 10**8",
    "rows + rows + rows",
    "x|center(10**8)",
    "x|indent(10**8)",
    "x|wordwrap(1)",
    "x|format(1)",
    "x|filesizeformat",
    "rows|tojson",
    "rows|batch(10**8)|list",
    "rows|slice(10**8)|list",
    "rows|groupby('a')",
    "rows|map(attribute='__class__')|list",
    "rows|selectattr('__class__')|list",
    "cycler(1)",
    "joiner()",
    "namespace(a=1)",
    "lipsum(n=20000)",
    "dict(a=1)",
    "x|xmlattr",
    "x|pprint",
    "x|urlize",
    "x|striptags",
    "x|random",
    "x.encode()",
    "x.format_map(d)",
    "x.join(rows)",
    "x.split()",
    "x.splitlines()",
    "x.translate(d)",
    "d.pop('k')",
    "d.update(d)",
    "rows.append(1)",
    "d.setdefault('k')",
    "config",
    "request",
    "environ",
    "settings",
    "work",
    "open('/etc/passwd')",
    "import_module('os')",
    "eval('1')",
    "exec('1')",
    "globals()",
    "vars()",
    "getattr(x, 'y')",
    "type(x)",
    "print(x)",
    "super()",
    "caller()",
    "varargs",
]
PLACES = [
    "{{ %s }}",
    "{%% if %s %%}a{%% endif %%}",
    "{%% for a in %s %%}{{ a }}{%% endfor %%}",
]
PAYLOADS = [place % e for e in [*REACHES, *GROWS] for place in PLACES]
DATA = {"x": "plain", "n": 3, "rows": [1, 2], "d": {"k": "v"}, "secret_free": 1}
TELLTALE = (CANARY, "<class", "<function", "<built-in", "object at", "root:", "subclasses", "module '")


def test_no_hostile_expression_escapes_or_takes_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUPBOT_TOKEN", CANARY)
    content = Content([tmp_path])
    assert len(PAYLOADS) >= 300
    escaped, slow, path = [], [], tmp_path / "t" / "bad.en.html.j2"
    for body in PAYLOADS:
        start = time.thread_time()
        try:
            source = content.made_of(body, path, "en")
            text = said(source.template)
        except Misfit:
            text = ""
        if time.thread_time() - start > 2.0:  # 100 ms on a calm machine
            slow.append(body)
        if any(t in text for t in TELLTALE) or len(text) > 64_000:
            escaped.append((body, text[:80]))
    assert (escaped, slow) == ([], [])


def said(template: object) -> str:
    source = Source(Path("bad"), {}, template, {}, (0, 0))  # type: ignore[arg-type]
    return render_source(source, dict(DATA)).formatted.text


NASTY = [
    "<b>",
    "</b>",
    "<a href='x'>",
    "&lt;",
    "&#60;",
    "&amp;",
    "_x_",
    "*b*",
    "`c`",
    "[a](b)",
    "{{ 1 }}",
    "{% x %}",
    "\u202e",
    "\u0000",
    "\ud83d",
    "😀" * 9,
    "\u200b",
    "\x1b[31m",
    "@all",
    "tg://user?id=1",
    "<script>",
    "<!--",
    "]]>",
    "'\"",
]


def test_what_members_are_called_changes_no_entity(tmp_path: Path) -> None:
    """G24 in short: 2,000 names; each leaves the entities of an inert name of the same length."""
    path = tmp_path / "t" / "a.en.html.j2"
    source = Content([tmp_path]).made_of(
        "<b>{{ name }}</b> <i>x</i> {{ 5|mention(name) }} <code>{{ name }}</code>", path, "en"
    )
    names = ["".join(p) for p in itertools.islice(itertools.product(NASTY, repeat=3), 0, 13824, 7)]
    names = [n.replace("\u0000", "").replace("\ud83d", "") for n in names]  # intake takes these out
    assert len(names) > 1900
    for name in names:
        inert = "n" * units(name)
        found = render_source(source, {"name": name}).formatted
        calm = render_source(source, {"name": inert}).formatted
        assert found.text.count(name) >= 3 or not name
        assert [(e.type, e.offset, e.length) for e in found.entities] == [
            (e.type, e.offset, e.length) for e in calm.entities
        ]
