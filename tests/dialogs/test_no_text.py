"""What people write is stored nowhere, whichever way it comes, unless their group asks for it."""

from __future__ import annotations

from pathlib import Path

from groupbot.testing import Talk, conversation
from tests.surfaces.sandbox.conftest import png

CANARY = "kanarienvogel"


async def say_everything(chat: Talk) -> None:
    """The canary by every way members have."""
    mei, ann = chat.person("Mei", starts=True), chat.person("Ann")
    said = await chat.says(mei, f"hello {CANARY}")
    await chat.says(ann, f"{CANARY} yes", reply_to=said)
    await chat.edits(mei, said, f"now {CANARY}")
    await chat.says(mei, f"look {CANARY}", photo=chat.world.photo(png(20, 10)))
    await chat.sends_album(mei, "photo", "video", text=f"both {CANARY}")
    await chat.sends(mei, "document", f"read {CANARY}")
    await chat.sends(mei, "voice", f"hear {CANARY}")
    await chat.says(mei, f"/unknown {CANARY}")
    await chat.says(mei, f"/ping {CANARY}")
    await chat.says(mei, f"/points {CANARY}")
    await chat.says(mei, f"/redpacket {CANARY}")
    await chat.says(mei, f"see https://{CANARY}.example/ and @{CANARY}")
    await chat.says(chat.owner, f"staff {CANARY}")
    await chat.says(chat.owner, f"{CANARY} as the group", anonymous=True)
    await chat.says(mei, f"in private {CANARY}", private=True)
    await chat.says(mei, f"/start {CANARY}", private=True)
    topic = await chat.topic("Tea")
    await chat.says(mei, f"in a topic {CANARY}", topic=topic)
    await chat.settle()


def kept(chat: Talk, folder: Path) -> tuple[list[str], list[str]]:
    """Lines of the database, and files, that hold the canary."""
    lines = [line[:200] for line in chat.dump().splitlines() if CANARY in line.lower()]
    found = [p.name for p in folder.rglob("*") if p.is_file() and CANARY.encode() in p.read_bytes().lower()]
    return lines, found


async def test_words_are_in_no_table_and_no_file_by_default(tmp_path: Path) -> None:
    async with conversation(tmp_path) as chat:
        await say_everything(chat)
        assert chat.rows("SELECT count(*) > 10 FROM event") == [(1,)]
        await chat.wait(hours=1)  # the hourly sweep: a command that waited for its sender's rights was parked
        assert kept(chat, tmp_path) == ([], [])


async def test_words_are_kept_where_the_group_said_so_and_gone_with_the_person(tmp_path: Path) -> None:
    async with conversation(tmp_path) as chat:
        await chat.says(chat.owner, "/settings keep_text on")
        mei = chat.person("Mei", starts=True)
        await chat.says(mei, f"hello {CANARY}")
        assert len(kept(chat, tmp_path)[0]) == 1
        await chat.says(mei, "/forget", private=True)
        await chat.presses(mei, "Forget me", chat=mei)
        await chat.wait(seconds=5)
        assert kept(chat, tmp_path) == ([], [])
