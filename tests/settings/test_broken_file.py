"""A bot runs without the broken part of its settings, but never as another bot or on another database."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.errors import Misfit
from groupbot.settings import FILE, Settings, load
from groupbot.settings.apart import apart

UNSAID = ("TOKEN", "DATABASE_URL", "OPERATORS", "OPS_CHAT")
GIVEN = dict(zip(UNSAID, ("1:x", "sqlite:///there.db", "5", "-9"), strict=True))


def running(folder: Path, text: str | bytes) -> tuple[Settings, list[str]]:
    """What `run` takes of a file, and what it names: without the folder."""
    (folder / FILE).write_bytes(text.encode() if isinstance(text, str) else text)
    dropped: list[Misfit] = []
    made = load(folder, dropped)
    return made, [m.line().removeprefix(f"{folder}/") for m in dropped]


def stopped(folder: Path, text: str | bytes) -> str:
    with pytest.raises(Misfit) as caught:
        running(folder, text)
    return caught.value.line().removeprefix(f"{folder}/")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("rate = \n", "1: rate: invalid value -> write a number, for example 29.5"),
        (
            "listen = 0.0.0.0:80\n",
            "1: listen: expected newline or end of document after a statement -> "
            'write text in quotes, for example "127.0.0.1:8080"',
        ),
        ("rat 5\n", "1: expected '=' after a key in a key/value pair -> did you mean rate?"),
        ("rate = 5\nrate = 6\n", "2: rate: stands here a second time -> write a number, for example 29.5"),
        ('log_level = """\ndebug\n', None),
        ("stars = [1,\n 2\n", None),
    ],
)
def test_broken_statement_costs_only_itself(tmp_path: Path, text: str, named: str | None) -> None:
    made, told = running(tmp_path, f"operators = [\n  5,\n]\nops_chat = -9\n{text}")
    assert (made.operators, made.ops_chat, made.rate, made.listen) == ((5,), -9, 29.5, "127.0.0.1:8080")
    [line] = told
    if named is not None:
        row, _, rest = named.partition(":")
        assert line == f"{FILE}:{int(row) + 4}:{rest}"


def test_what_follows_a_broken_statement_counts(tmp_path: Path) -> None:
    made, told = running(tmp_path, 'rate = fast\nlog_level = "error\nstars = 7\nops_chat = -9\n')
    assert (made.stars, made.ops_chat, made.log_level) == (7, -9, "info")
    assert [t.split(": ")[0] for t in told] == [f"{FILE}:1", f"{FILE}:2"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("token = 5\n", "token: expected str"),
        ("database_url = 5\n", "database_url: expected str"),
        ("webhook_url = 5\n", "webhook_url: expected str"),
        ("operators = ['me']\n", "operators: expected int, got str"),
        ("ops_chat = 'team'\n", "ops_chat: expected int, got str"),
        ("database_url = postgresql://db/bot\n", "database_url may be meant"),
        ("webhook_secret = \n", "webhook_secret may be meant"),
        ("ops_chat = -5\nops_chat = -6\n", "ops_chat may be meant"),
        ("database_ulr = 'postgresql://db/bot'\n", "did you mean database_url?"),
        ("db = 'postgresql://db/bot'\n", "database_url may be meant"),
        ("[groupbot]\ndatabase_url = 'sqlite:///there.db'\n", "database_url may be meant"),
        ("database.url = 'sqlite:///there.db'\n", "database_url may be meant"),
        ("rate = 5\n[x\ndatabase_url = 'sqlite:///there.db'\n", "database_url"),
        ("log_level = \n  operators [5]\nrate = 5\n", "operators may be meant"),
        ('beacon = """\nops_chat = -9\n', "ops_chat may be meant"),
        ("?!\n", "token, database_url, operators, ops_chat may be meant"),
        ("ops_chat = -9\n".encode("utf-16"), "token, database_url, operators, ops_chat may be meant"),
        (b"token = '\xd0\xc2'\n", "token: is not written in UTF-8; token may be meant"),
    ],
)
def test_running_stops_where_it_would_be_another_bot(tmp_path: Path, text: str | bytes, named: str) -> None:
    assert named in stopped(tmp_path, text)


@pytest.mark.parametrize(
    "text", ["?!\n", "token = \ndatabase_url = postgresql://db/bot\n", "ops_chat = -9\n".encode("utf-16")]
)
def test_what_the_environment_gives_needs_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | bytes
) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(f"GROUPBOT_{name}", value)
    made, told = running(tmp_path, text)
    assert (made.token.reveal(), made.database_url) == (GIVEN["TOKEN"], GIVEN["DATABASE_URL"])
    assert (made.operators, made.ops_chat) == ((5,), -9)
    assert told != []


@pytest.mark.parametrize("lacking", UNSAID)
def test_file_nobody_can_read_names_what_the_environment_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    (tmp_path / FILE).mkdir()
    for name, value in GIVEN.items():
        if name != lacking:
            monkeypatch.setenv(f"GROUPBOT_{name}", value)
    with pytest.raises(Misfit) as caught:
        load(tmp_path, [])
    assert (caught.value.where, caught.value.what, caught.value.next) == (
        str(tmp_path / FILE),
        f"cannot be read: Is a directory; {lacking.lower()} may be meant; "
        "a bot on another database or for others is worse than none",
        f"make it a file of text, or give GROUPBOT_{lacking} in the environment",
    )


def test_link_to_nowhere_is_no_missing_file(tmp_path: Path) -> None:
    (tmp_path / FILE).symlink_to(tmp_path / "gone")
    with pytest.raises(Misfit) as caught:
        load(tmp_path, [])
    assert caught.value.what.startswith("is a link to nowhere; token, database_url")


def test_unknown_name_costs_only_itself(tmp_path: Path) -> None:
    made, told = running(tmp_path, "ratee = 5\n[more]\nstars = 3\n")
    assert (made.rate, made.stars) == (29.5, 0)
    assert told == [
        f"{FILE}:1: ratee is no setting -> did you mean rate?",
        f"{FILE}:2: more is no setting -> write its settings without a heading and without a dot",
    ]


def test_plug_ins_stay_out_when_safe_cannot_be_read(tmp_path: Path) -> None:
    made, told = running(tmp_path, "safe = ja wohl\n")
    assert made.safe
    assert len(told) == 1


def test_comment_in_another_encoding_and_a_mark_before_the_text_are_no_mistake(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf# \xb2\xe2\xca\xd4\nrate = 5\r\nops_chat = -9\r\n"
    made, told = running(tmp_path, text)
    assert (made.rate, made.ops_chat, told) == (5.0, -9, [])


def test_value_in_another_encoding_is_named(tmp_path: Path) -> None:
    made, told = running(tmp_path, "rate = 5\nbeacon = '测试'\nstars = 3\n".encode("gbk"))
    assert (made.rate, made.stars, made.beacon) == (5.0, 3, "auto")
    assert told == [f'{FILE}:2: beacon: is not written in UTF-8 -> write text in quotes, for example "auto"']


def test_whole_file_is_read_as_it_stands() -> None:
    assert apart("a = 1\n[b]\nc = 2\n") == ({"a": 1, "b": {"c": 2}}, [])
