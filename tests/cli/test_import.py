"""`groupbot import`: history in, once."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from groupbot.cli import main
from groupbot.cli._export import Broken, chats
from groupbot.cli._reporting import work_of
from groupbot.cli.import_ import taken_in, told
from groupbot.core.events import Chat, Message, Person
from groupbot.engine import plugins
from groupbot.engine.addresses import resolve
from groupbot.engine.clock import FixedClock
from groupbot.engine.keeping import PrivacyDesk, ask_erasure
from groupbot.engine.migrate import upgrade
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.engagement import reports, service
from groupbot.features.members import service as members
from groupbot.settings import Settings, load
from tests.features.engagement import exports

BOT = 700000001
KEEP = "groupbot.features.engagement.service.importing.KEEP"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GROUPBOT_TOKEN", f"{BOT}:test")
    monkeypatch.setattr(KEEP, timedelta(days=36500))  # the exports' dates are of 2026
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
    with work_of(settings) as work:
        chat, day = members.profiles(work)[0].chat, date(2026, 9, 22)
        figures = reports.figures(reports.Ask(work, chat, day, day))
    assert [f.value for f in figures if f.key == "before_me"] == [1]  # 502 spoke and was never seen to come
    assert stays == [(501, "own", 0, 1), (502, "before", 1, 1), (503, "link", 0, 0)]
    assert reacted == "2026-09-21 14:30:00.000000"
    assert days == [(501, 2, 0, 0), (502, 2, 1, 1)]
    assert b"canary" not in (tmp_path / "groupbot.db").read_bytes()


def test_reactions_under_posts_of_channels_count_and_who_speaks_as_the_group_is_staff(
    settings: Settings, tmp_path: Path
) -> None:
    """A discussion group lives of what its channel posts; who only reacts is a member all the same."""
    recent = [
        {"from": "P601", "from_id": "user601", "date": "2026-09-21T22:30:00"},
        {"from": "Robot", "from_id": f"user{BOT}", "date": "2026-09-21T22:30:00"},
    ]
    react = [{"type": "emoji", "count": 3, "emoji": "👍", "recent": recent}]
    file = exports.write(
        tmp_path / "result.json",
        [
            exports.message(1, 0, 0, from_id="channel77", reactions=react),
            exports.message(2, 0, 1, from_id=f"channel{exports.GROUP}"),
            exports.message(3, 0, 2, from_id=None),
        ],
    )
    result = asyncio.run(taken_in(settings, file))
    found = dump(settings)
    assert [(r[3], r[4], bool(r[8])) for r in found["event"]] == [
        (601, "reaction", False), (1087968824, "message", True)
    ]  # fmt: skip
    assert [r[2] for r in found["membership"]] == [601]
    assert dict(result.counts) == {
        "of channels": 1, "reactions without a name": 2, "media: text": 1, "of deleted accounts": 1
    }  # fmt: skip


def test_what_carries_nothing_known_is_told_by_its_fields(settings: Settings, tmp_path: Path) -> None:
    """It is a message all the same; that it was not understood is said."""
    odd = [
        exports.message(1, 601, 0, text="", hologram={"x": 1}, hologram_size=3),
        exports.message(2, 601, 1, hologram={"x": 1}),  # with words: a text
        exports.message(3, 601, 2, text="", location_information={"latitude": 1}),
        exports.message(4, 601, 3, text="", media_type="video_message", file="v.mp4"),
    ]
    result = asyncio.run(taken_in(settings, exports.write(tmp_path / "result.json", odd)))
    assert (result.acts, dict(result.counts)) == (4, {
        "unknown: message with hologram, hologram_size": 1, "media: text": 1,
        "media: location_information": 1, "media: video_message": 1,
    })  # fmt: skip
    assert told(result)[-1] == "not understood: message with hologram, hologram_size 1"


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
    result = asyncio.run(taken_in(settings, file, groups=["山楂粉丝群"]))
    assert (result.chats, result.read) == (1, 12)


def read(text: bytes) -> tuple[list[tuple[str, list[object]]], str]:
    """The chats of a file by name with their messages, and how it is broken."""
    found: list[tuple[str, list[object]]] = []
    try:
        for chat, messages in chats(io.BytesIO(text)):
            found.append((chat.name, []))
            for m in messages:
                found[-1][1].append(m)
    except Broken as e:
        return found, str(e)
    return found, ""


def test_chats_of_an_account_are_told_apart_and_one_left_unread_is_passed_over() -> None:
    text = (
        b'\xef\xbb\xbf{"personal": {"id": 7, "name": "me"}, "chats": {"about": "x", "list": ['
        b'{"name": "a", "type": "t", "id": 1, "messages": ['
        b'{"id": 1, "text": ["\xff", {"id": 3}]}, [[2]], 3.5]},'
        b'{"name": "b", "type": "t", "id": 2, "messages": []},'
        b'{"name": "c", "type": "t", "id": 3, "messages": [{"id": 9}, {"id": 8}]}]}, "left_chats": {}}'
    )
    rows = [{"id": 1, "text": ["\ufffd", {"id": 3}]}, [[2]], 3.5]
    assert read(text) == ([("a", rows), ("b", []), ("c", [{"id": 9}, {"id": 8}])], "")
    unread = [(c.name, [m for m in some if c.name == "c"]) for c, some in chats(io.BytesIO(text))]
    assert unread == [("a", []), ("b", []), ("c", [{"id": 9}, {"id": 8}])]


@pytest.mark.parametrize(
    ("text", "kept", "trouble"),
    [
        ('{"name": "g", "messages": [1, 2, {"id": ', [("g", [1, 2])], "the file ends in the middle"),
        ('{"name": "g", "messages": [1, nope]}', [("g", [1])], "the file is damaged near byte 36"),
        ('{"name": "g', [], "the file ends in the middle"),
        ("", [], "the file ends in the middle"),
        ("[]", [], ""),
        (
            '{"chats": {"list": [{"name": "g", "messages": [1]}, {"name": "h", "messages": [2, "',
            [("g", [1]), ("h", [2])],
            "the file ends in the middle",
        ),
    ],
)
def test_a_broken_file_gives_what_comes_before(text: str, kept: list[object], trouble: str) -> None:
    assert read(text.encode()) == (kept, trouble)


def test_nothing_is_imported_without_a_bot(tmp_path: Path) -> None:
    made = load(tmp_path)
    tables()
    upgrade(made.database)
    file = exports.write(tmp_path / "result.json", exports.small())
    with pytest.raises(SystemExit):
        main(["import", str(file), "--workspace", str(tmp_path)])


def test_who_was_forgotten_or_is_not_counted_does_not_come_back_with_an_old_export(
    settings: Settings, tmp_path: Path
) -> None:
    mei, li, fang = 502, 501, 503

    def asked(work: Work) -> None:
        ask_erasure(work, mei)
        members.wish(work, fang, "optout", given=True)

    async def forgotten() -> None:
        writer = Writer(settings.database, bot_id=BOT)
        await writer.submit(asked)
        await PrivacyDesk(writer, plugins.load().routers, tmp_path).run()
        writer.close()

    def call(person: int) -> dict[str, object]:
        return {"type": "mention_name", "text": "x", "user_id": person}

    asyncio.run(forgotten())
    recent = [{"from": "P501", "from_id": f"user{li}", "date": "2026-09-21T22:30:00"}]
    react = [{"type": "emoji", "count": 1, "emoji": "👍", "recent": recent}]
    name = {"from": "Kanarienvogel"}
    more = [
        exports.message(21, li, 21, text=["hi ", call(mei)]),
        exports.message(22, mei, 22, text=["hi ", call(504)], reactions=react, **name),
        exports.message(23, 504, 23, text=["hi ", call(fang), call(li)]),
        exports.service(24, mei, 24, "invite_members", members=["P504"]),
        exports.message(25, fang, 25),
    ]
    every = [m | name if m.get("from_id") == f"user{mei}" else m for m in exports.small()]
    bring(settings, exports.write(tmp_path / "result.json", [*every, *more]))
    found = dump(settings)
    assert [(r[3], r[4], r[6]) for r in found["event"]] == [
        (li, "join", 2), (0, "join", 2), (li, "message", 3), (li, "command", 6), (li, "message", 7),
        (li, "message", 21), (li, "reaction", 22), (504, "message", 23), (0, "join", 24),
    ]  # fmt: skip
    assert [[r[at] for r in found[t]] for t, at in (("person", 0), ("membership", 2))] == [[li, 504]] * 2
    assert {r[2] for r in found["member_day"]} == {li, 504}
    engine = open_engine(settings.database)
    with engine.connect() as c:
        mentions = c.exec_driver_sql("SELECT person_id, whom FROM mention").all()
        adders = c.exec_driver_sql("SELECT DISTINCT added_by FROM membership").all()
        hours = c.exec_driver_sql("SELECT SUM(messages), SUM(reactions) FROM chat_hour").all()
    engine.dispose()
    assert (mentions, adders, hours) == ([(504, li)], [(None,)], [(4, 1)])
    with closing(sqlite3.connect(tmp_path / "groupbot.db")) as kept:
        assert "Kanarienvogel" not in "".join(kept.iterdump())


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_no_telegram_would_write_is_counted_and_the_rest_is_taken_in(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUPBOT_TOKEN", f"{BOT}:test")
    monkeypatch.setattr(KEEP, timedelta(days=36500))
    if kind == "postgresql":
        monkeypatch.setenv("GROUPBOT_DATABASE_URL", request.getfixturevalue("pg_url"))
    settings = load(tmp_path)
    tables()
    upgrade(settings.database)
    good, m = exports.message(1, 501, 0), exports.message
    odd = [
        m(3, 501, 2, from_id="user" + "9" * 30),
        m(5, 501, 4, reply_to_message_id="the one above"),
        m(6, 501, 5, date_unixtime="-62135596800"),
        m(7, 501, 6, date_unixtime="9" * 18),
        m(8, 501, 7, reactions=[{"count": 1, "recent": [{"from_id": "user" + "9" * 30}]}]),
        m(9, 501, 8, text={"type": "plain"}),
        m(True, 501, 9),
        exports.service(11, 501, 10, "invite_members", members=[{"a": 1}, None, 7]),
        m(12, 501, 11, type=["message"]),
        m(13, 501, 12, media_type={"a": 1}),
        {"id": 16, "type": "message", "from": "P501", "from_id": "user501", "text": ""},
        {k: v for k, v in m(17, 501, 16, reactions=[{"count": 1, "recent": []}]).items() if k != "date"},
    ]  # fmt: skip
    named = [{"type": "mention", "text": "@a\0c"}]
    names = [
        m(14, 502, 13, **{"from": "a\\zc"}),
        m(15, 503, 14, **{"from": {"a": 1}}, text=named),
        exports.service(18, 503, 17, "topic_created", title="t\\zc"),
    ]
    file = exports.write(tmp_path / "odd.json", [good, *odd, *names])
    file.write_text(
        file.read_text("utf-8").replace("\\\\z", "\\u0000b\\ud800").replace("山楂粉丝群", "G\\u0000\\ud800"),
        "utf-8",
    )
    result = asyncio.run(taken_in(settings, file))
    assert (result.read, result.trouble) == (16, "")
    assert {k: n for k, n in result.counts.items() if k.startswith("unknown")} == {
        "unknown: no message": 1, "unknown: not as exports are": 6, "unknown: ['message']": 1
    }  # fmt: skip
    found = dump(settings)
    assert [r[6] for r in found["event"]] == [1, 5, 9, 11, 11, 11, 13, 14, 15]
    assert [r[1] for r in found["person"]] == ["P501", "a\ufffdb?c", "…"]
    with work_of(settings) as work:
        assert [p.title for p in members.profiles(work)] == ["G\ufffd?"]
        assert work.sql.plain("SELECT title FROM topic") == [("t\ufffdb?c",)]


@pytest.mark.parametrize(
    ("name", "said", "next_"),
    [
        ("messages.html", "this is no JSON", "in Telegram Desktop choose the format JSON, not HTML"),
        ("", "no such file", "export as JSON; the file is called result.json"),
    ],
)
def test_an_export_in_html_is_told_what_to_do(
    name: str, said: str, next_: str, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "messages.html").write_text("<!DOCTYPE html>\n<html></html>", "utf-8")
    with pytest.raises(SystemExit) as end:
        main(["import", str(folder / name), "--workspace", str(tmp_path)])
    assert end.value.code == 2
    assert (said in (told := capsys.readouterr().err), next_ in told) == (True, True)


def test_names_that_are_links_and_usernames_of_people_known_are_mentions(
    settings: Settings, tmp_path: Path
) -> None:
    now = int(time.time() - exports.START) // 60 - 60  # mentions are kept for 180 days
    name = {"type": "mention_name", "text": "P502", "user_id": 502}
    said = [
        exports.message(
            1, 501, now + 0, text=["hi ", name, name, {"type": "mention", "text": "@nobody_known"}]
        ),
        exports.message(2, 502, now + 1, text=[{"type": "mention_name", "text": "me", "user_id": 502}]),
        exports.message(3, 502, now + 2, text=[{"type": "bot_command", "text": "/warn"}, name]),
        exports.message(4, 503, now + 3, text=[name], forwarded_from="P9"),
        exports.message(5, 503, now + 4, text=[{"type": "mention_name", "text": "x", "user_id": "x"}]),
        exports.message(
            6, 503, now + 5, text=[name, {"type": "mention_name", "text": "bot", "user_id": BOT}]
        ),
    ]
    asyncio.run(taken_in(settings, exports.write(tmp_path / "result.json", said)))
    engine = open_engine(settings.database)
    with engine.connect() as c:
        rows = c.exec_driver_sql("SELECT person_id, whom, message_id FROM mention ORDER BY 1, 2").all()
        shown = c.exec_driver_sql("SELECT person_id, whom FROM v_mention ORDER BY 1, 2").all()
        acts = c.exec_driver_sql("SELECT COUNT(*) FROM event").scalar()
    engine.dispose()
    assert rows == [(501, 502, 1), (503, 502, 6)]
    assert acts == 6
    assert shown == [(501, 502), (503, 502)]
