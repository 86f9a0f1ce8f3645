"""Who is put to a name at the door: service messages of an export name people by name only."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from groupbot.cli.import_ import Result, taken_in, told
from groupbot.engine.migrate import upgrade
from groupbot.engine.storage import open_engine
from groupbot.features import tables
from groupbot.features.engagement.domain.authors import Authors
from groupbot.settings import Settings, load
from tests.cli import test_import
from tests.features.engagement import exports

settings = test_import.settings
BOSS, WANG, OTHER, LI = 501, 502, 503, 504
added, message = exports.service, exports.message


def bring(settings: Settings, folder: Path, messages: list[dict[str, Any]], **more: Any) -> Result:
    return asyncio.run(taken_in(settings, exports.write(folder / "result.json", messages, **more)))


def stays(settings: Settings) -> list[tuple[object, ...]]:
    """Person, evidence, minute of joining, minute of leaving, by whom."""
    engine = open_engine(settings.database)
    minute = "(strftime('%s', {0}) - {1}) / 60"
    joined, left = (minute.format(c, exports.START) for c in ("joined_at", "left_at"))
    with engine.connect() as c:
        found = c.exec_driver_sql(
            f"SELECT person_id, evidence, {joined}, {left}, added_by FROM membership ORDER BY 1, 3"
        )
        rows = [tuple(r) for r in found]
    engine.dispose()
    return rows


def doors(settings: Settings) -> list[tuple[object, ...]]:
    """Comings and goings: message, person, kind."""
    engine = open_engine(settings.database)
    with engine.connect() as c:
        found = c.exec_driver_sql(
            "SELECT message_id, person_id, kind FROM event WHERE kind IN ('join', 'leave') ORDER BY 1, 2"
        )
        rows = [tuple(r) for r in found]
    engine.dispose()
    return rows


def anew(settings: Settings) -> None:
    for gone in settings.folder.glob("groupbot.db*"):
        gone.unlink()
    upgrade(settings.database)


def called(name: str, person: int, n: int, **more: Any) -> dict[str, Any]:
    return message(n, person, n, **{"from": name}, **more)


def test_somebody_added_who_speaks_only_later_is_taken_for_who_bears_the_name(
    settings: Settings, tmp_path: Path
) -> None:
    result = bring(
        settings,
        tmp_path,
        [
            message(1, BOSS, 1),
            added(2, BOSS, 2, "invite_members", members=["小王", "小李", "never spoke"]),
            called("小王", WANG, 3),
            called("小李", LI, 4),
            added(5, BOSS, 5, "remove_members", members=["小李"]),
        ],
    )
    assert stays(settings) == [
        (BOSS, "before", None, None, None), (WANG, "added", 2, None, BOSS), (LI, "added", 2, 5, BOSS)
    ]  # fmt: skip
    assert doors(settings) == [(2, 0, "join"), (2, WANG, "join"), (2, LI, "join"), (5, LI, "leave")]
    assert result.counts["joins and leaves told by name only"] == 1


NAMESAKES = [
    message(1, BOSS, 1),
    called("小王", WANG, 2),  # from before
    added(3, BOSS, 3, "invite_members", members=["小王", "小李"]),
    called("小王", OTHER, 4),  # the new one
    called("小李", LI, 5),
    added(6, BOSS, 6, "remove_members", members=["小王"]),
]


def test_a_name_that_two_of_the_file_bear_is_nobody_s(settings: Settings, tmp_path: Path) -> None:
    bring(settings, tmp_path, NAMESAKES)
    assert stays(settings) == [
        (BOSS, "before", None, None, None), (WANG, "before", None, None, None),
        (OTHER, "before", None, None, None), (LI, "added", 3, None, BOSS),
    ]  # fmt: skip
    assert doors(settings) == [(3, 0, "join"), (3, LI, "join"), (6, 0, "leave")]


def test_who_spoke_before_is_not_who_was_added_though_nobody_else_bears_the_name(
    settings: Settings, tmp_path: Path
) -> None:
    """The new one never spoke; and of two of that name it is not known which was removed."""
    every = [m for m in NAMESAKES if m["from_id"] != f"user{OTHER}"]
    bring(settings, tmp_path, every)
    assert stays(settings) == [
        (BOSS, "before", None, None, None), (WANG, "before", None, None, None),
        (LI, "added", 3, None, BOSS),
    ]  # fmt: skip
    assert doors(settings) == [(3, 0, "join"), (3, LI, "join"), (6, 0, "leave")]


def test_who_was_seen_leaving_may_be_added_again(settings: Settings, tmp_path: Path) -> None:
    away = added(3, WANG, 3, "remove_members", **{"from": "小王"}, members=["小王"])
    every = [
        message(1, BOSS, 1),
        called("小王", WANG, 2),
        away,
        added(4, BOSS, 4, "invite_members", members=["小王"]),
        called("小王", WANG, 5),
    ]
    bring(settings, tmp_path, every)
    assert stays(settings) == [
        (BOSS, "before", None, None, None), (WANG, "before", None, 3, None), (WANG, "added", 4, None, BOSS)
    ]  # fmt: skip


def test_who_reacted_before_is_not_who_was_added(settings: Settings, tmp_path: Path) -> None:
    """A reaction stands below an older message: its own time tells on which side of the door it was."""

    def reacted(name: str, person: int, minute: int) -> dict[str, Any]:
        return {"from": name, "from_id": f"user{person}", "date": message(1, 1, minute)["date"]}

    react = {"type": "emoji", "count": 2, "emoji": "👍"}
    recent = [reacted("小王", WANG, 2), reacted("小李", LI, 4)]
    every = [
        message(1, BOSS, 1, reactions=[react | {"recent": recent}]),
        added(3, BOSS, 3, "invite_members", members=["小王", "小李"]),
    ]
    bring(settings, tmp_path, every)
    assert stays(settings) == [
        (BOSS, "before", None, None, None), (WANG, "before", None, None, None), (LI, "added", 3, None, BOSS)
    ]  # fmt: skip


@pytest.mark.parametrize("slice_", [1, 3])
@pytest.mark.parametrize("namesakes", [False, True])
def test_a_run_that_was_killed_ends_with_the_same_people(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slice_: int, namesakes: bool
) -> None:
    class Killed(Exception):
        pass

    def progress(at: int, size: int) -> None:
        raise Killed

    every = [m for m in NAMESAKES if namesakes or m["from_id"] != f"user{OTHER}"]
    bring(settings, tmp_path, every)
    whole = (stays(settings), doors(settings))
    anew(settings)
    monkeypatch.setattr("groupbot.cli.import_.SLICE", slice_)
    with pytest.raises(Killed):
        asyncio.run(taken_in(settings, tmp_path / "result.json", progress))
    result = asyncio.run(taken_in(settings, tmp_path / "result.json"))
    assert (result.passed, stays(settings), doors(settings)) == (slice_, *whole)


@pytest.mark.parametrize("keep", [3, 6, 8])
@pytest.mark.parametrize("namesakes", [False, True])
def test_of_a_broken_file_a_name_at_the_door_waits_for_the_whole_file(
    settings: Settings, tmp_path: Path, namesakes: bool, keep: int
) -> None:
    """Who else bears it may stand behind the break."""
    gone = added(6, LI, 6, "remove_members", **{"from": "小李"}, members=["小李"])
    back = added(8, BOSS, 8, "invite_members", members=["小李"])
    new = called("小王", OTHER, 4)
    every = [*NAMESAKES[:3], new, NAMESAKES[4], gone, added(7, BOSS, 7, "remove_members", members=["小王"]),
             back, called("小李", LI, 9)]  # fmt: skip
    every = [m for m in every if namesakes or m is not new]
    bring(settings, tmp_path, every)
    whole = (stays(settings), doors(settings))
    anew(settings)
    named = [3, 7, 8]
    waits = sum(m["id"] in named for m in every[:keep])
    part = bring(settings, tmp_path, [*every[:keep], message(99, BOSS, 99)], cut=50)
    assert (part.trouble, part.later) == ("the file ends in the middle", waits)
    assert any("waits for the whole file" in line for line in told(part)) is (waits > 0)
    assert all(person for _, person, _ in doors(settings))
    result = bring(settings, tmp_path, every)
    assert (result.passed, result.later) == (min(keep, len(every)) - waits, 0)
    assert (stays(settings), doors(settings)) == whole


def test_a_name_is_not_put_to_who_spoke_before_in_an_earlier_file(settings: Settings, tmp_path: Path) -> None:
    day = 1440
    bring(settings, tmp_path, [called("小王", WANG, 1)])
    later = [
        added(2, BOSS, day, "invite_members", members=["小王"]),
        message(3, WANG, day + 1, **{"from": "小王"}),
    ]
    bring(settings, tmp_path, later)
    assert stays(settings) == [(BOSS, "before", None, None, None), (WANG, "before", None, None, None)]


def test_of_more_names_than_are_kept_the_later_ones_are_nobody_s() -> None:
    authors = Authors(most=2)
    for name, person in (("a", 1), ("b", 2), ("c", 3), ("b", 9), ("a", 1)):
        authors.see(called(name, person, 1))
    assert [authors.bearer(name) for name in "abc"] == [1, None, None]


@pytest.mark.parametrize(
    "odd",
    [
        None, [], {"from": {"a": 1}}, {"from": "x", "from_id": 7}, {"from": "x", "from_id": "channel7"},
        {"from": "x", "from_id": "user"}, {"from": "x", "from_id": "user" + "9" * 30},
        {"from": None, "from_id": "user7"}, {"reactions": 7}, {"reactions": [{"recent": [None]}]},
    ],
)  # fmt: skip
def test_what_tells_no_name_of_anybody_teaches_none(odd: Any) -> None:
    authors = Authors()
    authors.see(odd)
    assert [authors.bearer(name) for name in ("x", None, {"a": 1})] == [None] * 3


def test_each_of_an_account_s_groups_has_its_own_names_and_only_the_last_is_broken(
    settings: Settings, tmp_path: Path
) -> None:
    first = exports.write(tmp_path / "a.json", [*NAMESAKES[:3], NAMESAKES[4]]).read_text("utf-8")
    second = exports.write(
        tmp_path / "b.json", [*NAMESAKES[:3], called("小李", OTHER, 4)], chat=exports.GROUP + 1
    ).read_text("utf-8")
    file, both = tmp_path / "result.json", [str(exports.GROUP), str(exports.GROUP + 1)]
    file.write_text(f'{{"chats": {{"list": [{first}, {second[:-40]}', "utf-8")
    part = asyncio.run(taken_in(settings, file, groups=both))
    assert (part.trouble, part.later) == ("the file ends in the middle", 1)
    assert [s for s in stays(settings) if s[1] == "added"] == [(LI, "added", 3, None, BOSS)]
    file.write_text(f'{{"chats": {{"list": [{first}, {second}]}}}}', "utf-8")
    result = asyncio.run(taken_in(settings, file, groups=both))
    assert (result.trouble, result.later) == ("", 0)
    assert [s for s in stays(settings) if s[1] == "added"] == [
        (OTHER, "added", 3, None, BOSS), (LI, "added", 3, None, BOSS)
    ]  # fmt: skip


def test_the_bar_counts_both_readings(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groupbot.cli.import_.LOOK", 100)
    seen: list[float] = []
    file = exports.write(tmp_path / "result.json", exports.many(250, days=9))
    asyncio.run(taken_in(settings, file, lambda at, size: seen.append(at / size)))
    assert (len(seen), seen == sorted(seen), max(seen[:2]) <= 0.5, seen[-1]) == (4, True, True, 1.0)


def test_doors_are_kept_alike_by_postgresql(
    pg_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUPBOT_TOKEN", f"{test_import.BOT}:test")
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", pg_url)
    there = load(tmp_path)
    tables()
    upgrade(there.database)
    bring(there, tmp_path, [called("小王", WANG, 20), called("小李", LI, 21)])
    day = 1440
    back = added(23, BOSS, day + 2, "invite_members", members=["小王", "小李"])
    away = added(22, LI, 22, "remove_members", **{"from": "小李"}, members=["小李"])
    earlier = added(9, OTHER, 9, "invite_members", members=["小李"])
    later = message(25, LI, day + 3, **{"from": "小李"})
    bring(there, tmp_path, [earlier, away, back, later, message(26, WANG, day + 4, **{"from": "小王"})])
    engine = open_engine(there.database)
    with engine.connect() as c:
        rows = c.exec_driver_sql(
            "SELECT person_id, evidence, joined_at IS NULL, left_at IS NULL, added_by FROM membership"
            " ORDER BY 1, joined_at"
        ).all()
    engine.dispose()
    assert rows == [
        (BOSS, "before", True, True, None), (WANG, "before", True, True, None),
        (OTHER, "before", True, True, None), (LI, "added", False, False, OTHER),
        (LI, "added", False, True, BOSS),
    ]  # fmt: skip
