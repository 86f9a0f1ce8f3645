"""Which groups of an account's export are taken in, and what is said of a group nobody is known to run."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from groupbot.cli import main
from groupbot.cli.import_ import taken_in
from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Misfit
from groupbot.settings import Settings
from tests.cli import test_import
from tests.features.engagement import exports

settings = test_import.settings
FAMILY, FIRM, FANS = "家里人", "公司", "山楂粉丝群"


def account(path: Path, *more: tuple[str, str, int]) -> Path:
    """An account's export: a family's basic group, a firm's, a group of fans, a private chat."""
    chats = [
        (FAMILY, "private_group", 555),
        (FIRM, "private_supergroup", 2100000002),
        (FANS, "public_supergroup", exports.GROUP),
        ("小王", "personal_chat", 77),
        *more,
    ]
    rows = [
        {"name": n, "type": t, "id": i, "messages": [exports.message(1, 500 + at, 1)]}
        for at, (n, t, i) in enumerate(chats)
    ]
    path.write_text(json.dumps({"about": "…", "chats": {"about": "…", "list": rows}}), "utf-8")
    return path


def known(settings: Settings, *telegram: int, staff: int = 0) -> None:
    """The bot is in these groups."""
    writer = Writer(settings.database, bot_id=test_import.BOT)

    def there(work: Work) -> None:
        for number in telegram:
            resolve(work, Chat(number, "supergroup", "as the bot knows it"))

    writer.write(there)
    writer.close()
    if staff:
        engine = open_engine(settings.database)
        with engine.begin() as c:
            c.exec_driver_sql(
                "INSERT INTO staff (chat_id, person_id, status, rights, checked_at)"
                f" VALUES (1, {staff}, 'creator', '[]', '2026-01-01')"
            )
        engine.dispose()


def rows(settings: Settings, asked: str) -> list[object]:
    engine = open_engine(settings.database)
    with engine.connect() as c:
        found = [r[0] for r in c.exec_driver_sql(asked)]
    engine.dispose()
    return found


SPOKE = "SELECT person_id FROM event ORDER BY 1"


def test_of_an_account_only_groups_that_the_bot_knows_are_taken_in(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known(settings, -(10**12) - exports.GROUP, staff=9)
    with pytest.raises(SystemExit) as end:
        main(["import", str(account(tmp_path / "result.json")), "--workspace", str(tmp_path)])
    assert end.value.code == 0
    said = capsys.readouterr()
    assert rows(settings, SPOKE) == [502]
    assert rows(settings, "SELECT title FROM chat") == [FANS]
    assert said.out.splitlines()[-1] == (
        f"passed over, for the bot was never there: {FAMILY}, {FIRM}. To take one in: --group TITLE"
    )


def test_a_basic_group_s_old_address_is_known_too(settings: Settings, tmp_path: Path) -> None:
    known(settings, -555)
    result = asyncio.run(taken_in(settings, account(tmp_path / "result.json")))
    assert (rows(settings, SPOKE), result.unknown) == ([500], [FIRM, FANS])


@pytest.mark.parametrize("named", [FIRM, "2100000002", "-1002100000002"])
def test_a_group_that_the_bot_does_not_know_is_taken_in_when_it_is_named(
    settings: Settings, tmp_path: Path, named: str
) -> None:
    known(settings, -(10**12) - exports.GROUP)
    result = asyncio.run(taken_in(settings, account(tmp_path / "result.json"), groups=[named]))
    assert (rows(settings, SPOKE), result.unknown) == ([501, 502], [FAMILY])


@pytest.mark.parametrize(
    ("groups", "said", "next_"),
    [
        ([], "the bot knows none of the 4 groups in this file",
         f"add it to the group first, or --group TITLE of: {FAMILY}, {FIRM}, {FANS}, {FIRM}"),
        (["公寓"], "no group '公寓' in this file", f"there are: {FAMILY}, {FIRM}, {FANS}, {FIRM}"),
        (["小王"], "no group '小王' in this file", f"there are: {FAMILY}, {FIRM}, {FANS}, {FIRM}"),
        ([FIRM], f"2 groups are named '{FIRM}'", "give its id: -1002100000002, -1002100000009"),
    ],
)  # fmt: skip
def test_a_choice_that_names_no_group_is_told_which_there_are(
    settings: Settings, tmp_path: Path, groups: list[str], said: str, next_: str
) -> None:
    file = account(tmp_path / "result.json", (FIRM, "private_supergroup", 2100000009))
    with pytest.raises(Misfit) as no:
        asyncio.run(taken_in(settings, file, groups=groups))
    assert (str(no.value.what), no.value.next) == (said, next_)
    assert rows(settings, "SELECT id FROM chat") == []


def test_an_export_of_one_group_is_of_that_group(settings: Settings, tmp_path: Path) -> None:
    file = exports.write(tmp_path / "result.json", [exports.message(1, 501, 1)])
    result = asyncio.run(taken_in(settings, file))
    assert (rows(settings, SPOKE), result.unknown) == ([501], [])
    with pytest.raises(Misfit):
        asyncio.run(taken_in(settings, file, groups=[FIRM]))


@pytest.mark.parametrize(
    ("staff", "there", "warned"), [(0, False, True), (0, True, True), (501, True, False)]
)
def test_it_is_said_before_anything_is_written_that_nobody_is_known_to_run_the_group(
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    staff: int,
    there: bool,
    warned: bool,
) -> None:
    if there:
        known(settings, -(10**12) - exports.GROUP, staff=staff)
    file = exports.write(tmp_path / "result.json", [exports.message(1, 501, 1), exports.message(2, 502, 1)])
    asyncio.run(taken_in(settings, file))
    assert capsys.readouterr().err == (
        f"nobody is known to run {FANS}: its administrators will be counted as members, and stay so."
        " Better add the bot there first, leave it running for a minute, and import then"
        " (docs/operators.md, An old group)\n"
        if warned
        else ""
    )
    assert rows(settings, "SELECT staff FROM event ORDER BY person_id") == [int(staff > 0), 0]


def test_whoever_takes_a_warning_in_time_finds_nothing_written(settings: Settings, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(line: str) -> None:
        raise Stopped

    file = exports.write(tmp_path / "result.json", [exports.message(1, 501, 1)])
    with pytest.raises(Stopped):
        asyncio.run(taken_in(settings, file, warn=stop))
    assert (rows(settings, SPOKE), rows(settings, "SELECT id FROM chat")) == ([], [])
