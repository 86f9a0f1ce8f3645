"""`groupbot import`: history in, once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from groupbot.cli import main
from groupbot.cli.import_ import taken_in
from groupbot.core.events import Chat, Message, Person
from groupbot.core.jsonstream import Reader, Trouble
from groupbot.engine.addresses import resolve
from groupbot.engine.clock import FixedClock
from groupbot.engine.migrate import upgrade
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.engagement import service
from groupbot.settings import Settings, load
from tests.features.engagement import exports

BOT = 700000001


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GROUPBOT_TOKEN", f"{BOT}:test")
    made = load(tmp_path)
    tables()
    upgrade(made.database)
    return made


def dump(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    engine = open_engine(settings.database)
    with engine.connect() as c:
        found = {
            t: [tuple(r) for r in c.exec_driver_sql(f"SELECT * FROM {t} ORDER BY 1, 2, 3")]
            for t in ("event", "chat_hour", "member_day", "membership", "person")
        }
    engine.dispose()
    return found


def bring(settings: Settings, file: Path) -> object:
    return asyncio.run(taken_in(settings, file))


def test_an_export_becomes_acts_and_members_and_no_text_is_kept(settings: Settings, tmp_path: Path) -> None:
    file = exports.write(tmp_path / "result.json", exports.small())
    result = asyncio.run(taken_in(settings, file))
    assert (result.chats, result.read, result.acts, result.trouble) == (1, 12, 10, "")
    assert dict(result.counts) == {
        "service: create_group": 1, "joins": 3, "joins and leaves told by name only": 1, "media: text": 3,
        "media: photo": 1, "reactions without a name": 2, "of bots": 1, "unknown: hologram": 1, "leaves": 1,
        "of channels": 1,
    }  # fmt: skip
    engine = open_engine(settings.database)
    with engine.connect() as c:
        kinds = c.exec_driver_sql("SELECT kind, person_id, reply_to FROM event ORDER BY id").all()
        stays = c.exec_driver_sql(
            "SELECT person_id, evidence, joined_at IS NULL, left_at IS NULL FROM membership ORDER BY 1"
        ).all()
        reacted = c.exec_driver_sql("SELECT at FROM event WHERE kind = 'reaction'").scalar()
        days = c.exec_driver_sql(
            "SELECT person_id, messages, replies, reactions FROM member_day ORDER BY 1"
        ).all()
    engine.dispose()
    assert kinds == [
        ("join", 501, None), ("join", 0, None), ("message", 501, None), ("reply", 502, 3),
        ("message", 502, None), ("command", 501, None), ("message", 501, None), ("reaction", 502, None),
        ("join", 503, None), ("leave", 503, None),
    ]  # fmt: skip
    assert stays == [(501, "own", 0, 1), (502, "before", 1, 1), (503, "link", 0, 0)]
    assert reacted == "2026-09-21 14:30:00.000000"
    assert days == [(501, 2, 0, 0), (502, 2, 1, 1)]
    assert b"canary" not in (tmp_path / "groupbot.db").read_bytes()


def test_the_same_file_twice_and_a_longer_one_later_change_only_what_is_new(
    settings: Settings, tmp_path: Path
) -> None:
    every = list(exports.many(2500, days=60))
    bring(settings, exports.write(tmp_path / "a.json", every[:1700]))
    once = dump(settings)
    again = asyncio.run(taken_in(settings, tmp_path / "a.json"))
    assert (again.read, again.passed, again.acts) == (1700, 1700, 0)
    assert dump(settings) == once
    more = asyncio.run(taken_in(settings, exports.write(tmp_path / "b.json", every)))
    assert (more.passed, len(dump(settings)["event"])) == (1700, 2500)


def test_a_truncated_file_keeps_what_came_before_and_says_so(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = list(exports.many(2300, days=60))
    with pytest.raises(SystemExit) as end:
        main(
            [
                "import",
                str(exports.write(tmp_path / "cut.json", every, cut=100_000)),
                "--workspace",
                str(tmp_path),
            ]
        )
    assert end.value.code == 1
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == (
        "the file ends in the middle; all before it is kept."
        " Export again, then: groupbot import, which goes on there"
    )
    part = len(dump(settings)["event"])
    assert 1500 < part < 2300
    bring(settings, exports.write(tmp_path / "whole.json", every))
    broken_first = dump(settings)
    assert len(broken_first["event"]) == 2300
    for left in tmp_path.glob("groupbot.db*"):
        left.unlink()
    upgrade(settings.database)
    bring(settings, tmp_path / "whole.json")
    whole = dump(settings)
    assert [whole[t] for t in ("chat_hour", "member_day")] == [
        broken_first[t] for t in ("chat_hour", "member_day")
    ]


def test_what_the_bot_recorded_itself_is_not_taken_from_the_export(
    settings: Settings, tmp_path: Path
) -> None:
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(exports.START + 4 * 60, UTC)
    writer = Writer(settings.database, bot_id=BOT, clock=FixedClock(at))

    def live(work: Work) -> None:
        chat = Chat(-(10**12) - exports.GROUP, "supergroup", "山楂粉丝群")
        said = Message(at=at, chat=chat, sender=Person(502, "P502"), message_id=5, text="hi")
        work.event, work.chat, work.zone = said, resolve(work, chat).id, "UTC"
        service.note(said, work)

    writer.write(live)
    writer.close()
    bring(settings, exports.write(tmp_path / "result.json", exports.small()))
    kinds = [r[4] for r in dump(settings)["event"]]
    assert kinds == ["message", "join", "join", "message", "reply"]


def test_an_account_s_whole_export_gives_its_groups_and_skips_private_chats(
    settings: Settings, tmp_path: Path
) -> None:
    group = exports.write(tmp_path / "g.json", exports.small()).read_text("utf-8")
    private = group.replace('"private_supergroup"', '"personal_chat"')
    file = tmp_path / "result.json"
    file.write_text(
        '{"about": "…", "contacts": {"list": [{"a": [1, {}]}]}, "chats": {"about": "x", "list": ['
        f"{private}, {group}]}}}}",
        "utf-8",
    )
    result = asyncio.run(taken_in(settings, file))
    assert (result.chats, result.read) == (1, 12)


@pytest.mark.parametrize("step", [1, 3, 1 << 20])
def test_json_is_read_alike_in_pieces_of_any_size(step: int) -> None:
    text = '{"a": [1, 23, -4.5e3, "\\u4f60\\n]}", {"b": []}, [], null], "skip": {"x": [[{}]]}, "z": 7}'
    at = [0]

    def read(_: int) -> str:
        at[0] += step
        return text[at[0] - step : at[0]]

    reader = Reader(read)
    found: dict[str, object] = {}
    for key in reader.fields():
        if key == "a":
            found[key] = [reader.value() for _ in reader.elements()]
        elif key == "skip":
            reader.skip()
        else:
            found[key] = reader.value()
    assert found == {"a": [1, 23, -4500.0, "你\n]}", {"b": []}, [], None], "z": 7}


@pytest.mark.parametrize(
    ("text", "cut"), [('{"a": [1, 2', True), ('{"a": "x', True), ('{"a": nope}', False), ("[]", False)]
)
def test_broken_json_says_whether_it_ended_early(text: str, cut: bool) -> None:
    parts = [text, ""]
    reader = Reader(lambda _: parts.pop(0) if parts else "")
    with pytest.raises(Trouble) as e:
        for _ in reader.fields():
            reader.skip()
    assert e.value.cut is cut


def test_nothing_is_imported_without_a_bot(tmp_path: Path) -> None:
    made = load(tmp_path)
    tables()
    upgrade(made.database)
    file = exports.write(tmp_path / "result.json", exports.small())
    with pytest.raises(SystemExit):
        main(["import", str(file), "--workspace", str(tmp_path)])
