"""What is written without Jinja is what Jinja writes."""

from __future__ import annotations

from groupbot.core.text import parse
from groupbot.engine.content import SUFFIX, Content
from groupbot.engine.jinja_limits import render_limited
from groupbot.engine.shipped import folder


def test_every_prepared_text_is_as_jinja_renders_it() -> None:
    content = Content([folder("content_templates")])
    compared = 0
    for path in sorted(folder("content_templates").rglob(f"*{SUFFIX}")):
        source = content.compile(path, path.name.removesuffix(SUFFIX).rpartition(".")[2])
        if source.prepared is None:
            continue
        for n in (0, 7, -12, 10**20):
            data = dict.fromkeys(source.prepared.names, n)
            assert source.prepared.said(data) == parse(render_limited(source.template, data)).text, path
        assert source.prepared.said({}) is None
        compared += 1
    assert compared > 5
