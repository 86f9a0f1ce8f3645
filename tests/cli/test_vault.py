"""Codes whose key does not lie in the workspace are told of, before a member hears that theirs is lost."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from groupbot.cli import main
from groupbot.core.events import Chat
from groupbot.engine import backups, vault
from groupbot.engine.addresses import resolve
from groupbot.engine.me import me_of
from groupbot.engine.migrate import upgrade
from groupbot.engine.plugins import Registry
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.coupons import service as coupons
from groupbot.features.coupons.domain import Order as Pool
from groupbot.features.lottery import service as lottery
from groupbot.features.lottery.domain import Order, Prize
from groupbot.settings import load

BOT = 700000001


def life(work: Work) -> None:
    """Two codes of a pool and two of a draw lie sealed."""
    work.chat = resolve(work, Chat(-1004000000001, "supergroup", "Tea")).id
    number = coupons.draft(work, Pool("Hawthorn", timedelta(days=1), timedelta(days=30)), by=9)
    coupons.add(work, number, ["HAW-0001", "HAW-0002"])
    lottery.open_lottery(work, Order((Prize("coupon", 2, "code"),)), by=9, codes={0: ["AAAA-1", "BBBB-2"]})


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("GROUPBOT_TOKEN", raising=False)
    monkeypatch.delenv("GROUPBOT_DATABASE_URL", raising=False)
    tables()
    url = load(tmp_path).database
    upgrade(url)
    writer = Writer(url, bot_id=BOT)
    writer.me = me_of(Registry(), BOT, "", vault=vault.key_file(tmp_path))
    writer.write(life)
    writer.close()
    return tmp_path


def doctor(capsys: pytest.CaptureFixture[str], place: Path) -> list[tuple[str, str, str]]:
    """Its lines about the key."""
    with pytest.raises(SystemExit):
        main(["doctor", "--json", "--workspace", str(place)])
    checks = json.loads(capsys.readouterr().out)["checks"]
    return [(x["mark"], x["what"], x["next"]) for x in checks if x["name"] == "vault"]


def restored(capsys: pytest.CaptureFixture[str], file: Path, place: Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["restore", str(file), "--workspace", str(place)])
    told = capsys.readouterr()
    return int(ended.value.code or 0), told.out, told.err


STEP = "put back the vault.key that lay beside this database, from your backup, before the bot runs"


def test_a_doctor_finds_nothing_where_the_key_opens_all(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor(capsys, place) == []


def test_a_doctor_misses_the_key_of_sealed_codes_and_makes_none(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / vault.FILE).unlink()
    what = f"{place / vault.FILE}: there is none, and 4 codes in the database are sealed under it"
    assert doctor(capsys, place) == [("bad", what, STEP)]
    assert not (place / vault.FILE).exists()


def test_a_doctor_knows_the_key_of_another(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / vault.FILE).write_text("5a" * 32 + "\n")
    what = f"{place / vault.FILE}: 4 of 4 codes in the database are sealed under another key"
    assert doctor(capsys, place) == [("bad", what, STEP)]


def test_a_doctor_names_a_damaged_key(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / vault.FILE).write_text("")
    [(mark, what, step)] = doctor(capsys, place)
    assert (mark, what.startswith(f"{place / vault.FILE}: this is no key")) == ("bad", True)
    assert step.startswith("put it back from your backup")


def test_a_doctor_names_a_key_that_cannot_be_read(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / vault.FILE).unlink()
    (place / vault.FILE).mkdir()  # as Docker does where a file to mount is not there
    what = f"{place / vault.FILE}: this cannot be read: Is a directory"
    assert doctor(capsys, place) == [("bad", what, "make it a file that the bot's user may read")]


@pytest.mark.parametrize("junk", [b"", b"no database" * 1000])
def test_a_doctor_without_a_database_says_nothing_of_keys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], junk: bytes
) -> None:
    assert doctor(capsys, tmp_path) == []
    (tmp_path / "groupbot.db").write_bytes(junk)
    assert doctor(capsys, tmp_path) == []


def test_a_code_nobody_can_have_any_more_needs_no_key(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def over(work: Work) -> None:
        work.chat = resolve(work, Chat(-1004000000001, "supergroup", "Tea")).id
        coupons.close(work, 1)
        lottery.cancel(work, 1, by=9)

    writer = Writer(load(place).database, bot_id=BOT)
    writer.write(over)
    writer.close()
    (place / vault.FILE).unlink()
    assert doctor(capsys, place) == []


def test_a_restore_says_that_the_key_did_not_come_along(
    place: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path_factory.mktemp("new")
    backups.take(load(place).database, file := new / "x.db")
    code, out, _ = restored(capsys, file, new)
    line = f"{new / vault.FILE}: there is none, and 4 codes in the database are sealed under it -> {STEP}"
    assert (code, out.splitlines()[-1]) == (0, line)
    (new / vault.FILE).write_bytes((place / vault.FILE).read_bytes())
    assert doctor(capsys, new) == []
    code, out, _ = restored(capsys, file, new)
    assert (code, vault.FILE in out) == (0, False)


def test_a_restore_beside_a_damaged_key_changes_nothing(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backups.take(load(place).database, file := place / "x.db")
    (place / vault.FILE).write_text("5a5a")
    there = sorted(p.name for p in place.iterdir())
    code, _, err = restored(capsys, file, place)
    assert (code, err.startswith(f"groupbot: {place / vault.FILE}: this is no key")) == (2, True)
    assert sorted(p.name for p in place.iterdir()) == there
