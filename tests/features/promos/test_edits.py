"""A broken edit of a template is told at once, whatever is wrong with it, and what was good goes on."""

from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.writer import Writer
from groupbot.features.promos import service
from groupbot.features.promos.service.pushing import standing

GOOD = "---\nsample: {price: 59元}\n---\n山楂只要 {{ price }}\n"


def edited(writer: Writer, path: Path, raw: bytes) -> list[dict[str, Any]]:
    path.write_bytes(raw)
    return [s.data for s in writer.write(service.watch)]


@pytest.fixture
def offer(writer: Writer, tmp_path: Path) -> Path:
    writer.me = structs.replace(writer.me, ops_chat=-777)
    writer.content = Content([tmp_path, folder("content_templates")])
    (tmp_path / "promos").mkdir()
    path = tmp_path / "promos" / "offer.zh.html.j2"
    assert edited(writer, path, GOOD.encode()) == []
    return path


def test_a_file_in_another_encoding_is_a_broken_edit_like_any_other(writer: Writer, offer: Path) -> None:
    content = writer.content
    assert content is not None
    told = edited(writer, offer, GOOD.replace("59", "49").encode("gb18030"))
    assert [(t["file"], t["line"], t["what"], t["next"], t["version"]) for t in told] == [
        ("offer.zh", 4, "not UTF-8", "save it as UTF-8", 1)
    ]
    assert content.render("promos/offer", "zh", {"price": "39元"}).formatted.text == "山楂只要 39元"
    assert writer.write(service.watch) == []  # told once


def test_the_same_mistake_made_again_is_told_again(writer: Writer, offer: Path) -> None:
    broken = GOOD.replace("{{ price }}", "{{ prise }} !").encode()
    assert len(edited(writer, offer, broken)) == 1
    assert edited(writer, offer, GOOD.encode()) == []
    assert len(edited(writer, offer, broken)) == 1


@pytest.mark.parametrize("cut", ["{{ price|truncate(2) }}", "{{ price }}{{ ('inf'|float)|int }}"])
def test_an_edit_that_fails_only_when_it_is_said_is_told_like_any_other(
    writer: Writer, offer: Path, cut: str
) -> None:
    [told] = edited(writer, offer, GOOD.replace("{{ price }}", cut).encode())
    assert (told["file"], told["line"], told["version"]) == ("offer.zh", 4, 1)
    content = writer.content
    assert content is not None
    assert content.render("promos/offer", "zh", {"price": "39元"}).formatted.text == "山楂只要 39元"


def test_a_mark_of_windows_before_the_front_matter_is_nothing(writer: Writer, offer: Path) -> None:
    assert edited(writer, offer, b"\xef\xbb\xbf" + GOOD.replace("山楂", "陈皮").encode()) == []
    content = writer.content
    assert content is not None
    assert content.render("promos/offer", "zh", {"price": "39元"}).formatted.text == "陈皮只要 39元"


def test_a_file_in_another_encoding_is_mended_by_pushing_a_good_one_over_it(
    writer: Writer, offer: Path
) -> None:
    offer.write_bytes(GOOD.encode("gb18030"))
    content = writer.content
    assert content is not None
    assert standing(content, "promos/offer.zh.html.j2").startswith("---\nsample: {price: 59")
