"""What posts carry, over the wire: photo, video, album, poll, and a moment on each reader's clock."""

from pathlib import Path
from typing import Any

from groupbot.core.effects import Options, Send
from groupbot.core.text import parse
from groupbot.testing import Talk

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x02\x08\x02\0\0\0\xfd\xd4\x9as\0\0\0\x0bIDATx\x9cc`@\x06\0"
    b"\0\x0e\0\x01\xa9\x91s\xb1\0\0\0\0IEND\xaeB`\x82"
)


async def test_every_medium_leaves_and_a_file_is_uploaded_once(chat: Talk, tmp_path: Path) -> None:
    photo, clip = tmp_path / "a.png", tmp_path / "b.mp4"
    photo.write_bytes(PNG)
    clip.write_bytes(b"\0\0\0\x18ftypmp42")

    here = chat.rows(f"SELECT id FROM chat WHERE telegram_id = {chat.id}")[0][0]

    async def says(**fields: Any) -> None:
        await chat.app.writer.submit(lambda work: work.say(Send(chat=here, **fields)))
        chat.app.outbox.wake()
        await chat.settle()

    def newest() -> dict[str, Any]:
        return chat.room.messages[max(chat.room.messages)]

    await says(photo=str(photo), text="one", spoiler=True)
    first = newest()
    await says(photo=str(photo), text="two")
    assert (first["has_media_spoiler"], first["photo"][-1]["file_id"]) == (
        True, newest()["photo"][-1]["file_id"],
    )  # fmt: skip
    assert chat.rows("SELECT kind, file_id FROM media") == [("photo", first["photo"][-1]["file_id"])]
    await says(video=str(clip), text="three")
    assert "video" in newest()
    await says(album=(("photo", str(photo)), ("video", str(clip))), text="four", ref="an.album")
    assert chat.last() == ""
    assert chat.rows("SELECT count(*) FROM posted WHERE ref = 'an.album'") == [(2,)]
    assert [r[0] for r in chat.rows("SELECT kind FROM media ORDER BY kind")] == ["photo", "video"]
    await says(text="Which?", poll=Options(("Plum", "Pear"), many=True))
    poll = newest()["poll"]
    assert (poll["question"], poll["allows_multiple_answers"], poll["is_anonymous"]) == ("Which?", True, True)
    await says(text="Which?", poll=Options(("Plum", "Pear"), right=1, why="It is green"))
    poll = newest()["poll"]
    assert (poll["type"], poll["correct_option_ids"], poll["explanation"]) == ("quiz", [1], "It is green")
    text = '<tg-time unix="1800000000" format="wdt">Fri</tg-time>'
    await says(**_parsed(text))
    assert newest()["entities"] == [
        {"type": "date_time", "offset": 0, "length": 3, "unix_time": 1800000000, "date_time_format": "wdt"}
    ]


def _parsed(markup: str) -> dict[str, Any]:
    made = parse(markup)
    return {"text": made.text, "entities": made.entities}
