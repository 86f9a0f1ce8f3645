"""The library on both databases: nothing of it twice in thirty days in a chat, unless it is pinned."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from groupbot.engine import media
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.promos import service
from tests.features.promos.test_publish import at, chats, plan, publish, said, slots, take_in

TEN = datetime(2027, 1, 31, 2, 0)


def shelf(writer: Writer, workspace: Path, **carries: str) -> None:
    """Templates own/NAME that carry what is said of each."""
    own = workspace / "content_templates" / "own"
    own.mkdir(parents=True)
    for name, front in carries.items():
        for lang in ("zh", "en"):
            (own / f"{name}.{lang}.html.j2").write_text(f"---\n{front}\n---\n{name}\n", "utf-8")
    writer.content = Content([own.parent, folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")
    for name in ("wave", "tea"):
        writer.write(lambda w, n=name: media.save(w, n, "photo", f"file-{n}"))


def days(writer: Writer, n: int) -> None:
    for _ in range(n):
        publish(writer)
        writer.clock.shift(timedelta(days=1))


def test_a_file_of_the_library_comes_once_in_thirty_days_in_a_chat(writer: Writer, tmp_path: Path) -> None:
    shelf(writer, tmp_path, one="photo: saved:wave")
    chats(writer, 2)
    take_in(writer, plan(pool=("own/one",)))
    at(writer, TEN)
    days(writer, 31)
    done = [s for s in slots(writer) if s[2] != "waiting"]
    assert [s[2:] for s in done if s[0] == 1] == [
        ("said", None),
        *[("skipped", "repeat")] * 29,
        ("said", None),
    ]
    assert [i["uses"] for i in writer.write(service.library) if i["name"] == "wave"] == [4]


def test_what_a_stop_kept_in_the_outbox_was_not_said(writer: Writer, tmp_path: Path) -> None:
    shelf(writer, tmp_path, one="photo: saved:wave")
    chats(writer)
    take_in(writer, plan(pool=("own/one",)))
    at(writer, TEN)
    publish(writer)
    assert writer.write(lambda w: service.stop_all(w, 7)) == 1
    assert [i["uses"] for i in writer.write(service.library) if i["name"] == "wave"] == [0]
    writer.write(lambda w: service.resume(w, 7))
    writer.clock.shift(timedelta(days=1))
    publish(writer)
    assert [s[2:] for s in slots(writer)[:2]] == [("skipped", "stopped"), ("said", None)]


def test_a_pool_says_what_may_be_said_and_a_pinned_item_always_may(writer: Writer, tmp_path: Path) -> None:
    shelf(
        writer,
        tmp_path,
        one="photo: saved:wave",
        two="album: [saved:tea, {photo: saved:wave}]",
        three="pin: false",
    )
    chats(writer)
    take_in(writer, plan(pool=("own/one", "own/two", "own/three"), no_repeat_days=0, weights=(9.0, 9.0, 0.1)))
    at(writer, TEN)
    days(writer, 3)
    first, *later = [s.text for s in said(writer)]
    assert first in ("one", "two") and later == ["three"] * 2
    for name in ("wave", "tea"):
        writer.write(lambda w, n=name: service.mark(w, n, pinned=True))
    days(writer, 6)
    assert {s.text for s in said(writer)[3:]} & {"one", "two"}
    writer.write(lambda w: service.mark(w, "wave", retired=True))
    before = len(said(writer))
    days(writer, 4)
    assert {s.text for s in said(writer)[before:]} == {"three"}


def test_operators_see_pin_and_retire_items_by_name(writer: Writer, tmp_path: Path) -> None:
    shelf(writer, tmp_path)
    found = writer.write(lambda w: service.mark(w, "wave", job="amplify"))
    assert (found["job"], found["medium"], found["pinned"], found["retired"]) == (
        "amplify",
        "photo",
        False,
        False,
    )
    assert writer.write(lambda w: service.until(w, "wave 2027-03-01"))["use_by"] == "2027-03-01"
    assert writer.write(lambda w: service.until(w, "wave off"))["use_by"] == ""
    for call in (lambda w: service.item(w, "wvae"), lambda w: service.until(w, "wave soon")):
        with pytest.raises(Refusal) as caught:
            writer.write(call)
        assert caught.value.template in ("promos/no_item", "common/usage")
    writer.write(lambda w: service.keep_media(w, "clip amplify until 2027-02-01", ("video", "file-clip")))
    assert [(i["name"], i["job"], i["use_by"]) for i in writer.write(service.library)] == [
        ("tea", "bind", ""), ("clip", "amplify", "2027-02-01"), ("wave", "amplify", ""),
    ]  # fmt: skip
    for text in ("clip loud", "clip until soon", "clip bind until"):
        with pytest.raises(Refusal):
            writer.write(lambda w, t=text: service.keep_media(w, t, ("video", "f")))
