"""A text of care that cannot be said costs those it was for the step, and nobody anything else."""

from pathlib import Path

from groupbot.engine import media
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.writer import Writer
from groupbot.features.members import service as members
from groupbot.features.promos import service as promos
from tests.features.care.test_running import (
    ANN,
    BO,
    MEI,
    did,
    group,
    joins,
    later,
    said,
    starts,
    steps,
    switch,
)

HELLO = """---
photo: saved:wave
---
Hello {{ names|join(" and ") }}{% if names|join(" and ") == "WHO" %}{{ nmaes }}{% endif %}
"""


def hello(writer: Writer, workspace: Path, *, fails_for: str) -> None:
    """The recipe `own` says hello with a picture, in a text that fails for these people."""
    for place in ("own", "recipes"):
        (workspace / place).mkdir()
    for lang in ("zh", "en"):
        text = HELLO.replace("WHO", fails_for)
        (workspace / "own" / f"hello.{lang}.html.j2").write_text(text, "utf-8")
    (workspace / "recipes" / "own.yaml").write_text(
        "- name: own\n  when: joined\n  steps: [{to: [private, group], template: own/hello}]\n", "utf-8"
    )
    group(writer)
    writer.content = Content([workspace, folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")
    writer.write(lambda w: media.save(w, "wave", "photo", "file-1"))
    switch(writer, ["own"])


def test_one_whose_text_fails_takes_it_from_nobody_else(writer: Writer, tmp_path: Path) -> None:
    hello(writer, tmp_path, fails_for="Mei")
    starts(writer, MEI, ANN)
    joins(writer, MEI, ANN, BO)
    steps(writer)
    assert said(writer) == [(12, "Hello Ann"), (None, "Hello Bo")]
    assert did(writer) == [(0, "left", "template"), (0, "private", None), (0, "group", None)]


def test_a_post_that_failed_has_used_nothing_of_the_library(writer: Writer, tmp_path: Path) -> None:
    hello(writer, tmp_path, fails_for="Ann")
    joins(writer, ANN)
    steps(writer)
    assert did(writer) == [(0, "left", "template")]
    assert [i["uses"] for i in writer.write(promos.library)] == [0]
    joins(writer, BO)
    steps(writer)
    assert said(writer) == [(None, "Hello Bo")]


def test_a_private_word_that_failed_was_not_the_one_of_its_day(writer: Writer, tmp_path: Path) -> None:
    hello(writer, tmp_path, fails_for="Mei")
    switch(writer, ["newcomer"])
    starts(writer, MEI)
    joins(writer, MEI)
    steps(writer)
    assert said(writer) == []
    later(writer, minutes=11)
    steps(writer)
    assert [who for who, _ in said(writer)] == [11]
