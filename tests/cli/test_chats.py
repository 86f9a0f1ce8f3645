"""Profiles out and in again, beside a bot at work."""

from __future__ import annotations

import asyncio
import csv
import io
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from groupbot.cli import main
from groupbot.cli._profiles import COLUMNS, Known, check, read, written
from groupbot.cli.chats import bring
from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.migrate import upgrade
from groupbot.engine.storage import sqlite_path
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Misfit
from groupbot.features import tables
from groupbot.features.members import service, store
from groupbot.features.members.domain import Profile
from groupbot.settings import Settings, load

BOT = 700000001
TITLES = ("华东经销商群", "西湖店会员群", "山楂粉丝群", "城北店会员群")
BUSY = """
import sys, time
from groupbot.engine.notes import Notes
from groupbot.engine.writer import Writer
writer = Writer(sys.argv[1], bot_id=700000001)
print("busy", flush=True)
end = time.monotonic() + 3600
n = 0
while time.monotonic() < end:
    def fn(work):
        for i in range(200):
            Notes(work, "busy", 1).set(str(i), n)
    writer.write(fn)
    n += 1
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A workspace whose database holds four groups without profiles."""
    made = load(tmp_path)
    tables()
    upgrade(made.database)
    writer = Writer(made.database, bot_id=BOT)

    def fill(work: Work) -> None:
        for n, title in enumerate(TITLES, 1):
            place = resolve(work, Chat(-1004000000000 - n, "supergroup", title))
            work.sql.run(
                store.NEW_PROFILE, chat_id=place.id, added_by=1, added_at=work.now, status="member", rights=[]
            )

    writer.write(fill)
    writer.close()
    return made


def sheet(settings: Settings, *lines: str, header: str = "title,tier,region,parent,zone,tags") -> Path:
    """A CSV file in the workspace."""
    path = settings.folder / "chats.csv"
    path.write_text("\n".join((header, *lines)) + "\n", "utf-8")
    return path


def profiles(settings: Settings) -> dict[str, Profile]:
    writer = Writer(settings.database, bot_id=BOT, guest=True)
    try:
        return {p.title: p for p in writer.write(service.profiles)}
    finally:
        writer.close()


GOOD = (
    "山楂粉丝群,consumer,华东,西湖店会员群,,",
    "西湖店会员群,store,华东,华东经销商群,Asia/Shanghai,旗舰;夜市",
    "华东经销商群,dealer,华东,,,",
)


async def test_import_sets_a_tree_given_in_any_order(settings: Settings) -> None:
    assert await bring(settings, sheet(settings, *GOOD)) == (3, [])
    found = profiles(settings)
    store_group = found["西湖店会员群"]
    assert (store_group.tier, store_group.region, store_group.tags) == ("store", "华东", ("旗舰", "夜市"))
    assert found["山楂粉丝群"].parent == store_group.chat
    assert store_group.parent == found["华东经销商群"].chat
    assert await bring(settings, sheet(settings, *GOOD)) == (0, [])


async def test_import_lets_features_hear_of_a_new_tier(settings: Settings) -> None:
    (settings.folder / "handlers").mkdir()
    (settings.folder / "handlers" / "hears.py").write_text(
        "from groupbot import Router\n"
        "from groupbot.features.members.domain import SetUp\n"
        "router = Router('hears')\n"
        "@router.on(SetUp)\n"
        "def heard(happening, work):\n"
        "    work.notes('hears', happening.chat).set('tier', happening.tier)\n"
    )
    await bring(settings, sheet(settings, *GOOD))
    engine = sa.create_engine(settings.database)
    with engine.connect() as c:
        found = (
            c.exec_driver_sql("SELECT value FROM note WHERE router = 'hears' ORDER BY chat_id")
            .scalars()
            .all()
        )
    engine.dispose()
    assert found == ['"dealer"', '"store"', '"consumer"']


@pytest.mark.parametrize(
    ("line", "column", "what"),
    [
        ("西湖店会员群,stor,,,,", "tier", "'stor' is no tier; did you mean store?"),
        ("西湖店会员,store,,,,", "title", "no chat is called '西湖店会员'; did you mean 西湖店会员群?"),
        ("西湖店会员群,store,,华东群,,", "parent", "no chat is called '华东群'; did you mean 华东经销商群?"),
        (
            "西湖店会员群,,,,Asia/Shanghia,",
            "zone",
            "'Asia/Shanghia' is no time zone; did you mean Asia/Shanghai?",
        ),
        (
            "西湖店会员群,store,,山楂粉丝群,,",
            "parent",
            "山楂粉丝群 cannot stand over 西湖店会员群: no tier over store",
        ),
        ("西湖店会员群,,,西湖店会员群,,", "parent", "西湖店会员群 and 西湖店会员群 stand above each other"),
    ],
)
async def test_import_names_line_column_and_the_word_meant(
    line: str, column: str, what: str, settings: Settings
) -> None:
    path = sheet(settings, line, "华东经销商群,dealer,华东,,,")
    count, wrong = await bring(settings, path)
    assert (count, [(w.where, w.what) for w in wrong]) == (0, [(f"{path}:2:{column}", what)])
    assert {p.tier for p in profiles(settings).values()} == {None}


@pytest.mark.parametrize("cell", ["²", "9" * 23, "+5", "Zhou"])
def test_an_owner_is_a_telegram_user_id(cell: str) -> None:
    known = [Known(Profile(1, "A"), -100, "", "")]
    _, wrong = check(Path("x.csv"), [(2, {"chat_id": "1", "owner": cell})], known)
    assert [w.line() for w in wrong] == [
        f"x.csv:2:owner: {cell!r} is no Telegram user id -> a number, as in /id"
    ]
    assert check(Path("x.csv"), [(2, {"chat_id": "1", "owner": "9" * 15})], known)[1] == []


async def test_import_refuses_a_tier_that_leaves_a_child_alone(settings: Settings) -> None:
    await bring(settings, sheet(settings, *GOOD))
    path = sheet(settings, "西湖店会员群,consumer,,,,")
    _, wrong = await bring(settings, path)
    assert [w.where for w in wrong] == [f"{path}:2:tier"] * 2
    assert profiles(settings)["西湖店会员群"].tier == "store"


async def test_a_dash_takes_the_parent_away(settings: Settings) -> None:
    await bring(settings, sheet(settings, *GOOD))
    path = sheet(settings, "西湖店会员群,,,-,,", "华东经销商群,,,-,,")
    assert await bring(settings, path) == (1, [])
    found = profiles(settings)
    assert (found["西湖店会员群"].parent, found["西湖店会员群"].tier) == (None, "store")
    assert found["山楂粉丝群"].parent == found["西湖店会员群"].chat
    assert await bring(settings, path) == (0, [])


async def test_a_tier_that_fits_no_parent_is_taken_with_a_dash(settings: Settings) -> None:
    await bring(settings, sheet(settings, *GOOD))
    alone = sheet(settings, "山楂粉丝群,store,,,,")
    _, (wrong,) = await bring(settings, alone)
    assert wrong.next == "dealer over store over consumer; - means no parent"
    assert await bring(settings, sheet(settings, "山楂粉丝群,store,,-,,")) == (1, [])
    moved = profiles(settings)["山楂粉丝群"]
    assert (moved.tier, moved.parent) == ("store", None)


async def test_a_whole_branch_moves_down_with_its_parents(settings: Settings) -> None:
    await bring(settings, sheet(settings, *GOOD[1:]))
    path = sheet(settings, "西湖店会员群,consumer,,,,", "华东经销商群,store,,,,")
    assert await bring(settings, path) == (2, [])
    found = profiles(settings)
    assert found["西湖店会员群"].parent == found["华东经销商群"].chat


async def test_import_refuses_a_chat_in_two_lines(settings: Settings) -> None:
    path = sheet(settings, GOOD[2], GOOD[2])
    _, wrong = await bring(settings, path)
    assert [w.line() for w in wrong] == [f"{path}:3:chat_id: the chat of line 2 again -> keep one"]


def test_an_unknown_column_is_named_with_the_nearest(settings: Settings) -> None:
    with pytest.raises(Misfit) as e:
        read(sheet(settings, header="title,teir"))
    assert e.value.what == "no column is called 'teir'; did you mean tier?"


def test_a_quote_that_does_not_end_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('title,tier\nA,store\n"B,store\n' + "x,store\n" * 30_000, "utf-8")
    with pytest.raises(Misfit, match="not readable as CSV") as e:
        read(path)
    assert e.value.where == f"{path}:3"


def test_a_row_with_more_cells_than_columns_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("title,region,tags\nA,华东,,\nB,华东,旗舰,夜市\n", "utf-8")
    with pytest.raises(Misfit, match="more cells than columns") as e:
        read(path)
    assert e.value.where == f"{path}:3"


def test_what_a_spreadsheet_saved_is_read(settings: Settings) -> None:
    path = settings.folder / "excel.csv"
    path.write_bytes("title;tier\r\n西湖店会员群;store\r\n".encode("gb18030"))
    assert read(path) == [(2, {"title": "西湖店会员群", "tier": "store"})]
    known = [Known(Profile(7, "A"), -1004000000001, "UTC", "zh")]
    rows = [(2, {"chat_id": "7", "telegram_id": "-1.004E+12", "tier": "dealer"})]
    rows[0][1]["state"] = "active"  # as it was exported: only shown
    changes, wrong = check(path, rows, known)
    assert ([(c.chat, c.fields) for c in changes], wrong) == ([(7, {"tier": "dealer"})], [])


def test_chats_of_one_title_are_told_apart_by_id() -> None:
    known = [Known(Profile(n, "群", tier="store", parent=3), -n, "UTC", "zh") for n in (1, 2)]
    known.append(Known(Profile(3, "群", tier="dealer"), -3, "UTC", "zh"))
    out = list(csv.reader(io.StringIO(written(known).removeprefix("\ufeff"))))
    assert out[0] == list(COLUMNS)
    assert [r[5] for r in out[1:]] == ["3", "3", ""]
    assert [r[-1] for r in out[1:]] == ["active"] * 3
    _, wrong = check(Path("x.csv"), [(2, {"title": "群", "tier": "store"})], known)
    assert [w.line() for w in wrong] == ["x.csv:2:title: 3 chats are called '群' -> say which by chat_id"]


def test_a_title_is_no_formula_in_the_file_and_is_read_back_as_it_is(tmp_path: Path) -> None:
    known = [
        Known(Profile(1, "=1+1", tier="dealer"), -1, "UTC", "zh"),
        Known(Profile(2, "'x", tier="store", parent=1), -2, "UTC", "zh"),
        Known(Profile(3, "A", tier="consumer", parent=2), -3, "UTC", "zh"),
    ]
    path = tmp_path / "chats.csv"
    path.write_text(written(known), "utf-8", newline="")
    cells = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert [(c["telegram_id"], c["title"], c["parent"]) for c in cells] == [
        ("-1", "'=1+1", ""),
        ("-2", "''x", "'=1+1"),
        ("-3", "A", "''x"),
    ]
    rows = read(path)
    assert check(path, rows, known) == ([], [])
    named = [(n, {k: c[k] for k in ("title", "parent")} | {"region": "华东"}) for n, c in rows]
    changes, wrong = check(path, named, known)
    assert ([(c.chat, c.fields) for c in changes], wrong) == (
        [(n, {"region": "华东"}) for n in (1, 2, 3)],
        [],
    )


def test_export_and_import_change_nothing_and_refuse_to_overwrite_another_file(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*args: str) -> int:
        try:
            main([*args, "--workspace", str(settings.folder)])
        except SystemExit as e:
            return int(e.code or 0)
        return 0

    file = str(settings.folder / "out.csv")
    assert run("chats", "import", str(sheet(settings, *GOOD))) == 0
    assert capsys.readouterr().out == "3 chats changed\n"
    assert run("chats", "export", file) == 0
    assert capsys.readouterr().out.startswith("4 chats written to ")
    assert run("chats", "import", file) == 0
    assert capsys.readouterr().out == "0 chats changed\n"
    assert run("chats", "export", str(settings.folder / "groupbot.db")) == 2
    (settings.folder / "note.csv").write_text("mine")
    assert run("chats", "export", str(settings.folder / "note.csv")) == 2
    assert run("chats", "import", str(sheet(settings, "x,stor,,,,"))) == 2
    assert capsys.readouterr().err.splitlines()[-1] == "1 to mend; nothing was changed"


def test_a_database_that_takes_no_write_is_told_in_a_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("groupbot.engine.storage.BUSY", 0.05)
    monkeypatch.setattr("groupbot.cli._guest.Writer", partial(Writer, patience=0.0))
    path = sqlite_path(settings.database)
    assert path is not None
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SystemExit) as ended:
            main(["chats", "import", str(sheet(settings, *GOOD)), "--workspace", str(settings.folder)])
    said = capsys.readouterr().err.splitlines()
    assert (ended.value.code, len(said)) == (2, 1)
    assert said[0].startswith(
        "groupbot: database not reachable: OperationalError -> make the database writable"
    )


def test_chats_without_a_database_say_how_to_get_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["chats", "export", str(tmp_path / "x.csv"), "--workspace", str(tmp_path)])
    assert capsys.readouterr().err.strip().endswith("-> groupbot run, and add the bot to a group")


@pytest.mark.xdist_group("alone")
async def test_sixty_imports_beside_a_busy_bot_are_never_locked(settings: Settings) -> None:
    busy = subprocess.Popen(
        [sys.executable, "-c", BUSY, settings.database], stdout=subprocess.PIPE, text=True
    )
    assert busy.stdout is not None
    try:
        assert await asyncio.to_thread(busy.stdout.readline) == "busy\n"
        spent = []
        for n in range(60):
            path = sheet(settings, f"华东经销商群,dealer,区{n},,,")
            began = time.monotonic()
            assert await bring(settings, path) == (1, [])
            spent.append(time.monotonic() - began)
        assert profiles(settings)["华东经销商群"].region == "区59"
        assert busy.poll() is None
        print(f"60 imports: median {sorted(spent)[30]:.3f} s, slowest {max(spent):.3f} s")
    finally:
        busy.kill()
        busy.wait()
        busy.stdout.close()
