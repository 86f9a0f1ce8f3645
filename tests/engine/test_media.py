"""Files that posts carry: found, kept by name, sent again by the id Telegram gave."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from groupbot.core.effects import Options, Receipt, Send, from_json, to_json
from groupbot.engine import media
from groupbot.engine.front import check_front, posted
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Misfit


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "content_templates"
    (folder / "media").mkdir(parents=True)
    for name in ("a.jpg", "b.mp4", "list.pdf"):
        (folder / "media" / name).write_bytes(b"x" * 10)
    (tmp_path / "secret.jpg").write_bytes(b"x")
    return folder


def test_a_file_is_found_below_the_templates_and_nowhere_else(shelf: Path) -> None:
    assert media.place("photo", "media/a.jpg", [shelf]) == str(shelf / "media" / "a.jpg")
    for named in ("https://example.com/a.jpg", "saved:card", "AgACAgIAAx0CZ9yXbgADZ1"):
        assert media.place("photo", named, [shelf]) == named
    for kind, named, why in (
        ("photo", "media/none.jpg", "no file"),
        ("photo", "../secret.jpg", "lies outside"),
        ("photo", "media/b.mp4", "is no photo"),
        ("video", "media/a.jpg", "is no video"),
        ("photo", "http://example.com/a.jpg", "is not fetched"),
    ):
        with pytest.raises(Misfit, match=why):
            media.place(kind, named, [shelf])
    (shelf / "media" / "big.jpg").write_bytes(b"x" * (media.LARGEST["photo"] + 1))
    with pytest.raises(Misfit, match="too large"):
        media.place("photo", "media/big.jpg", [shelf])


def test_an_album_has_two_to_ten_pieces_and_documents_stay_among_themselves(shelf: Path) -> None:
    found = media.album(["media/a.jpg", {"video": "media/b.mp4"}, "saved:wave"], [shelf])
    assert [(k, n.rpartition("/")[2]) for k, n in found] == [
        ("photo", "a.jpg"), ("video", "b.mp4"), ("photo", "saved:wave"),
    ]  # fmt: skip
    for items in ([], ["media/a.jpg"], ["media/a.jpg"] * 11, ["media/a.jpg", "media/list.pdf"], [1, 2]):
        with pytest.raises(Misfit):
            media.album(items, [shelf])


@pytest.mark.parametrize(
    ("front", "why"),
    [
        ({"photo": "a.jpg", "video": "b.mp4"}, "carries one of them"),
        ({"spoiler": True}, "covers a picture"),
        ({"album": ["a.jpg", "b.jpg"], "buttons": {"go": "Look"}}, "no buttons"),
        ({"poll": {"options": ["one"]}}, "2 to 12 options"),
        ({"poll": {"options": ["one", "x" * 101]}}, "1 to 100 characters"),
        ({"poll": {"options": ["one", "two"], "mny": True}}, "no field 'mny'"),
        ({"poll": {"options": ["one", "two"], "right": 3}}, "right 3 is not the number of an option"),
        ({"poll": {"options": ["one", "two"], "why": "so"}}, "right None is not the number of an option"),
        ({"poll": {"options": ["one", "two"], "right": 1, "why": "x" * 201}}, "at most 200 characters"),
        ({"poll": {"options": ["one", "two"], "right": 1, "many": True}}, "many does not go with right"),
    ],
)
def test_front_matter_of_media_that_does_not_fit_is_named(front: dict[str, Any], why: str) -> None:
    with pytest.raises(Misfit, match=why):
        check_front(front, Path("x.zh.html.j2"))


def test_front_matter_becomes_the_fields_of_a_send_and_comes_back_from_json() -> None:
    front = {"poll": {"options": ["Plum", "Pear"], "many": True}, "silent": False}
    send = Send(chat=1, text="Which?", **posted(front))
    assert (send.poll, send.silent) == (Options(("Plum", "Pear"), many=True), False)
    assert from_json(to_json(send)) == send
    quiz = Send(chat=1, text="Which?", **posted({"poll": {"options": ["a", "b"], "right": 2, "why": "so"}}))
    assert quiz.poll == Options(("a", "b"), right=1, why="so")
    assert from_json(to_json(quiz)) == quiz
    album = Send(chat=1, album=(("photo", "/a.jpg"), ("video", "/b.mp4")), spoiler=True)
    assert from_json(to_json(album)) == album
    assert album.media == "/a.jpg"


def test_what_was_sent_once_is_sent_again_by_its_id_until_the_file_changes(
    writer: Writer, shelf: Path
) -> None:
    path = shelf / "media" / "a.jpg"
    send = Send(chat=1, photo=str(path))
    assert writer.write(lambda w: media.ready(w, send)) == send
    writer.write(lambda w: media.learned(w, send, Receipt((1,), files=("ID-OF-A",))))
    assert writer.write(lambda w: media.ready(w, send)).photo == "ID-OF-A"
    as_document = Send(chat=1, document=str(path))
    assert writer.write(lambda w: media.ready(w, as_document)) == as_document
    path.write_bytes(b"another")
    assert writer.write(lambda w: media.ready(w, send)).photo == str(path)


def test_an_address_is_fetched_anew_after_a_day_and_an_album_learns_each_piece(writer: Writer) -> None:
    send = Send(chat=1, album=(("photo", "https://example.com/a.jpg"), ("video", "saved:clip")))

    def keep(work: Work) -> None:
        media.save(work, "clip", "video", "ID-OF-CLIP")
        media.learned(work, send, Receipt((1, 2), files=("ID-OF-A", "ID-OF-CLIP-2")))

    writer.write(keep)
    assert writer.write(lambda w: media.ready(w, send)).album == (
        ("photo", "ID-OF-A"), ("video", "ID-OF-CLIP"),
    )  # fmt: skip
    writer.clock.shift(timedelta(days=1, seconds=1))
    assert writer.write(lambda w: media.ready(w, send)).album[0][1] == "https://example.com/a.jpg"
    assert [(n, k) for n, k, _ in writer.write(media.saved)] == [("clip", "video")]


def test_a_video_kept_by_name_leaves_as_a_video_under_photo(writer: Writer) -> None:
    """`photo: saved:NAME` stands for a picture or a video, as the pages on plans say."""
    writer.write(lambda w: media.save(w, "clip", "video", "ID-OF-CLIP"))
    writer.write(lambda w: media.checked(w, {"photo": "saved:clip"}))
    made = writer.write(lambda w: media.ready(w, Send(chat=1, photo="saved:clip", text="Tea")))
    assert made == Send(chat=1, video="ID-OF-CLIP", text="Tea")


def test_the_file_of_an_address_too_long_to_be_kept_is_fetched_each_time(writer: Writer) -> None:
    send = Send(chat=1, photo="https://example.com/" + "".join(f"{n * n:x}" for n in range(800)))
    writer.write(lambda w: media.learned(w, send, Receipt((1,), files=("ID-OF-A",))))
    assert writer.write(lambda w: media.ready(w, send)) == send


def test_what_is_not_kept_or_of_another_kind_is_named_before_it_is_planned(writer: Writer) -> None:
    writer.write(lambda w: media.save(w, "clip", "video", "ID"))
    for fields, why in (({"photo": "saved:none"}, "/media none"), ({"animation": "saved:clip"}, "video: ")):
        with pytest.raises(Misfit, match=why):
            writer.write(lambda w, f=fields: media.checked(w, f))
    writer.write(lambda w: media.checked(w, {"video": "saved:clip"}))
