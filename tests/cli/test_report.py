"""`groupbot report` in the terminal, as JSON and as CSV."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from groupbot.cli import main
from groupbot.cli._numbers import live_of
from groupbot.cli._page import page_of
from groupbot.cli._tables import kind_of, write_views
from groupbot.cli._told import shown, spark
from groupbot.core.events import Chat, Message, Person
from groupbot.engine import addresses
from groupbot.engine.addresses import chat as place
from groupbot.engine.migrate import upgrade
from groupbot.engine.picture.page import wrapped
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Misfit
from groupbot.features import tables
from groupbot.features.attitude import store as attitude
from groupbot.features.engagement import service as engagement
from groupbot.features.members import service as members
from groupbot.features.members.domain import LANGUAGE
from groupbot.features.scenes import store as scenes
from groupbot.settings import load
from tests.features.engagement.test_card_report import promotion
from tests.features.members.group import group

ASKED = """  question of 2027-01 about 陈皮: 20 answered of 200 members (10%), fewer than 30: weak
    know        90%  95% 70–97%  18 of 20  +40 points since 2026-12, intervals apart
    agree       40%  95% 22–61%  8 of 20  +15 points since 2026-12, intervals overlap
    subscribe   10%  95% 3–30%  2 of 20  -2 points since 2026-12, intervals overlap
"""
AT = datetime(2027, 1, 30, 10, tzinfo=UTC)


def test_a_report_comes_as_table_json_and_csv_and_prints_its_sql(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = load(tmp_path)
    tables()
    upgrade(made.database)
    writer = Writer(made.database, bot_id=700000001)
    writer.write(lambda w: group(w, -1004000000001, "西湖店会员群"))
    writer.close()
    main_ = ["report", "--workspace", str(tmp_path), "--lang", "en"]
    for extra in ([], ["--sql"], ["--json"], ["--csv", str(tmp_path / "a.csv")]):
        with pytest.raises(SystemExit) as end:
            main([*main_, *extra])
        assert end.value.code == 0
        said = capsys.readouterr().out
        if not extra:
            assert said.startswith("西湖店会员群 · ")
            assert "too few" in said
        if extra == ["--sql"]:
            assert "SELECT SUM(messages) FROM v_day WHERE chat_id = 1" in said
        if extra == ["--json"]:
            assert json.loads(said)[0]["figures"][0]["key"] == "messages"
    for name, words in (
        ("after.png", ["report", "page", str(tmp_path / "after.png"), "--workspace", str(tmp_path)]),
        ("before.png", ["report", "--workspace", str(tmp_path), "page", str(tmp_path / "before.png")]),
    ):
        with pytest.raises(SystemExit) as end:
            main(words)
        assert end.value.code == 0
        assert (tmp_path / name).read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(SystemExit) as end:
        main([*main_, "page", str(tmp_path / "no.png"), "--lang", "fr"])
    assert "--lang zh" in capsys.readouterr().err
    with pytest.raises(SystemExit) as end:
        main(["report", "--workspace", str(tmp_path), "--group", "nowhere", "page", str(tmp_path / "no.png")])
    assert (end.value.code, (tmp_path / "no.png").exists()) == (2, False)
    assert (tmp_path / "a.csv").read_text("utf-8-sig").startswith("group,chat_id,key,value,before,unit")


@pytest.mark.parametrize("part", ["", "posts", "topics", "people", "roles", "scenes", "attitude"])
@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("en", "no group yet: add the bot to one, or bring in its history with groupbot import"),
        ("zh", "还没有群:把机器人加进群,或用 groupbot import 导入历史"),
    ],
)
def test_where_no_group_is_yet_each_report_says_how_to_get_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], part: str, lang: str, line: str
) -> None:
    tables()
    upgrade(load(tmp_path).database)
    with pytest.raises(SystemExit) as ended:
        main(["report", *part.split(), "--lang", lang, "--workspace", str(tmp_path)])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"{line}\n")


def test_the_page_of_all_groups_leaves_out_dead_ones_and_the_operators_chat(writer: Writer) -> None:
    def fn(work: Work) -> list[list[str]]:
        chats = [group(work, -1004000000000 - n, f"G{n}") for n in range(5)]
        for chat, state in ((chats[1], "retired"), (chats[2], "kicked"), (chats[4], "limited")):
            work.sql.run(sa.update(place).where(place.c.id == chat).values(state=state))
        addresses.upgrade(work, -1004000000003, -1005000000003)  # the settings still know the id of before
        named = live_of(work, "G1", -1004000000003)
        both = [live_of(work, "", ops) for ops in (-1004000000003, -1005000000003)]
        return [[p.title for p in found] for found in (*both, named)]

    assert writer.write(fn) == [["G0", "G4"], ["G0", "G4"], ["G1"]]


def test_the_boss_reads_the_page_in_the_language_of_the_operators_chat_or_of_most_groups(
    writer: Writer,
) -> None:
    def fn(work: Work) -> list[str]:
        chats = [group(work, -1004000000000 - n, f"G{n}") for n in range(4)]
        for chat, lang in zip(chats, ("en", "en", "en", "zh"), strict=True):
            members.put(work, LANGUAGE, lang, chat=chat)
        days = [(chat, AT.date()) for chat in chats]
        made = [page_of(work, days), page_of(work, days, "", -1004000000003), page_of(work, days, "zh")]
        told = " ".join(line for _, lines in made[0].parts for line in lines)
        assert told.startswith("too few people in every group to tell the bot posted nothing this week")
        feet = [page.parts[-1][1][-1] for page in made[::2]]
        assert feet == [
            "Coverage (A over 90 %, B over 60 %), groups of each grade: ? 4",
            "认识的成员占比(A 九成、B 六成以上,C 更少),各级群数:? 4",
        ]
        return [page.heading for page in made]

    assert writer.write(fn) == ["The week of 4 groups", "4 个群的一周", "4 个群的一周"]
    assert wrapped("一二三、四五", 3) == ["一二三、", "四五"]
    assert wrapped("一二(三四", 3) == ["一二", "(三四"]


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_every_view_becomes_a_file_with_the_same_rows_and_kinds_of_values(
    db_url: str, tmp_path: Path, kind: str
) -> None:
    writer = Writer(db_url, bot_id=700000001)

    def fn(work: Work) -> None:
        room = Chat(-1001, "supergroup", "=群 1")
        work.chat, work.zone = group(work, room.id, room.title), "UTC"
        for n in range(3):
            said = Message(
                at=AT + timedelta(days=n), chat=room, sender=Person(501, "P"), message_id=n + 1, text="hi"
            )
            work.event = said
            engagement.note(said, work)

    writer.write(fn)
    writer.close()
    counts = dict(write_views(db_url, tmp_path / "out", kind))
    assert counts[f"v_event.{kind}"] == counts[f"v_member_day.{kind}"] == counts[f"v_day.{kind}"] == 3
    assert counts[f"v_case.{kind}"] == 0
    file = tmp_path / "out" / f"v_day.{kind}"
    if kind == "csv":
        assert min(file.read_text("utf-8-sig").splitlines()[1:]).startswith("1,2027-01-30,1,0,0,0,1,1")
        assert ",'=群 1," in (file.parent / "v_chat.csv").read_text("utf-8-sig")
    elif kind == "json":
        assert min(json.loads(line)["day"] for line in file.read_text("utf-8").splitlines()) == "2027-01-30"
        assert '"at": "2027-01-30T10:00:00+00:00"' in (file.parent / "v_event.json").read_text("utf-8")
    else:
        events = pq.read_table(file.parent / "v_event.parquet")
        assert [str(t) for t in events.schema.types] == [
            "int64", "int64", "timestamp[us, tz=UTC]", "int64", "string", "int64", "int64", "int64", "bool",
            "int64", "string",
        ]  # fmt: skip
        assert min(row["day"] for row in pq.read_table(file).to_pylist()) == AT.date()


def test_a_process_of_its_own_writes_every_view_that_the_database_has(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    upgrade(url)
    code = "import sys; from groupbot.cli.report import write_views; from pathlib import Path\n"
    code += "print(*(n for n, _ in write_views(sys.argv[1], Path(sys.argv[2]), 'csv')))"
    said = subprocess.run([sys.executable, "-c", code, url, tmp_path / "out"], capture_output=True, text=True)
    with closing(sqlite3.connect(tmp_path / "a.db")) as c:
        views = {f"{name}.csv" for (name,) in c.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
    assert (set(said.stdout.split()), len(views) > 40) == (views, True), said.stderr


def test_times_days_and_flags_of_every_view_are_known_by_their_columns_names(pg_url: str) -> None:
    upgrade(pg_url)
    engine = open_engine(pg_url)
    with engine.connect() as c:
        told = c.exec_driver_sql(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_name LIKE 'v\\_%%' AND table_schema = 'public'"
        ).all()
    engine.dispose()
    wrong = []
    for view, column, kind in told:
        names = tuple(n for v, n, _ in told if v == view)
        word = {"timestamp with time zone": "time", "date": "day", "boolean": "flag"}.get(kind, "")
        if kind_of(column, names) != word and column != "utc_day":  # words in the view, a day in the file
            wrong.append((view, column, kind))
    assert (wrong, len(told) > 150) == ([], True)


def test_parquet_without_pyarrow_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Misfit) as e:
        list(write_views(f"sqlite:///{tmp_path / 'a.db'}", tmp_path, "parquet"))
    assert "groupbot[parquet]" in e.value.line()


def test_numbers_and_sparks_are_written_as_people_read_them() -> None:
    assert [shown(*x) for x in ((None, "share"), (0.123, "share"), (1234.0, "count"), (2.5, "hours"))] == [
        "too few", "12%", "1,234", "2.5 h"
    ]  # fmt: skip
    assert spark([0, 4, 8]) == "▁▅█"


def test_scene_cards_and_the_months_questions_are_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = load(tmp_path)
    tables()
    upgrade(made.database)
    writer = Writer(made.database, bot_id=700000001)

    def fn(work: Work) -> None:
        group(work, -1004000000001, "西湖店会员群")
        members.set_profile(work, 1, tier="store", type="commercial", owner=7)
        row = {"chat_id": 1, "person_id": 7, "at": work.now, "day": work.now.date(), "scene": "火锅 hotpot"}
        work.sql.run(scenes.SHOW, **row, state="said", reason=None)
        promotion(work)
        for month, votes, here in ((202612, (20, 10, 5, 5), 180), (202701, (2, 10, 6, 2), 200)):
            key = {"chat": 1, "the_month": month}
            work.sql.run(attitude.ASK, **key, subject="陈皮", becomes="open", at=work.now, until=work.now)
            names = dict(zip(("n_unaware", "n_knows", "n_agrees", "n_subscribes"), votes, strict=True))
            work.sql.run(attitude.COUNT, **key, is_final=True, **names)
            work.sql.run(attitude.CLOSE, **key, becomes="closed", at=work.now, were_here=here)
        work.sql.run(scenes.SHOW, **row, state="held", reason="quiet")

    writer.write(fn)
    writer.close()
    for words, said in (
        (["scenes", "check"], "2 scenes, 0 to mend"),
        (["scenes", "show", "昨天熬夜了"], "熬夜 late night: 熬夜, 睡不着"),
        (["scenes", "show", "good morning"], "no scene"),
        (
            ["report", "library", "--sql"],
            "nothing of the library was posted yet: /media and /library\n  SELECT",
        ),
        (["report", "cards"], "小年促销: 1 posts · 1 had a question · 1 came by its link · 0 coupons taken"),
        (["report", "cards", "--sql"], "· 1 orders within 30 days\n  SELECT s.plan"),
        (["report"], ASKED),
        (
            ["report", "attitude"],
            f"西湖店会员群\n{ASKED}  question of 2026-12 about 陈皮: 40 answered of 180",
        ),
        (
            ["report", "attitude", "--sql"],
            "FROM v_attitude WHERE chat_id = 1 AND state = 'closed' AND n >= 5",
        ),
        (["report", "--sql"], "-- attitude\n      SELECT month, n, members, know, ROUND("),
        (["report", "attitude", "--json"], '"share": 90,'),
        (
            ["report", "scenes"],
            "火锅 hotpot: 1 said, 0 only counted, held 1 by quiet hours · 0 people came by it",
        ),
    ):
        with pytest.raises(SystemExit) as end:
            main([*words, *(("--lang", "en") if words[0] == "report" else ()), "--workspace", str(tmp_path)])
        assert (end.value.code, said in capsys.readouterr().out) == (0, True)
