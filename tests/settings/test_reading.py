"""groupbot.toml and the environment: a mistake is named with its place and the next step."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.errors import Misfit
from groupbot.settings import FILE, load


def misfit(folder: Path, text: str) -> Misfit:
    (folder / FILE).write_text(text)
    with pytest.raises(Misfit) as caught:
        load(folder)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "what", "next"),
    [
        ("rate = 5\nlog_level = \n", 2, "log_level: invalid value", "write one of debug, info"),
        ("# x\n\nrate = -3\n", 3, "rate: expected float > 0.0", "write a number, for example 29.5"),
        (
            "rate = 5\nlog_level = 'loud'\n",
            2,
            "log_level: invalid enum value 'loud'",
            'write one of debug, info, warning, error, for example "info"',
        ),
        ("operatrs = [1]\n", 1, "operatrs is no setting", "did you mean operators?"),
        ("zzzzz = 1\n", 1, "zzzzz is no setting", "known: token, base_url"),
        (
            "operators = ['me']\n",
            1,
            "operators: expected int, got str",
            "write numbers in brackets, for example [123456789]",
        ),
    ],
)
def test_mistake_in_the_file_names_file_and_line(
    tmp_path: Path, text: str, line: int, what: str, next: str
) -> None:
    found = misfit(tmp_path, text)
    assert found.where == f"{tmp_path / FILE}:{line}"
    assert found.what.startswith(what)
    assert found.next.startswith(next)


def test_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / FILE).write_text("rate = 5\noperators = [1]\nlog_level = 'error'\n")
    monkeypatch.setenv("GROUPBOT_RATE", "7")
    made = load(tmp_path)
    assert (made.rate, made.operators, made.log_level) == (7.0, (1,), "error")


@pytest.mark.parametrize(("given", "ids"), [("5", (5,)), ("5, 6", (5, 6)), ("[5,6]", (5, 6)), ("", ())])
def test_operators_in_the_environment_may_be_listed_with_commas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, ids: tuple[int, ...]
) -> None:
    monkeypatch.setenv("GROUPBOT_OPERATORS", given)
    assert load(tmp_path).operators == ids


def test_mistake_in_the_environment_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUPBOT_OPERATORS", "me")
    with pytest.raises(Misfit) as caught:
        load(tmp_path)
    assert caught.value.where == "GROUPBOT_OPERATORS"


def test_secrets_are_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUPBOT_TOKEN", "123456:" + "x" * 35)
    assert "xxx" not in repr(load(tmp_path))


def test_running_goes_on_without_what_does_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / FILE).write_text("rate = 'fast'\nops_chat = -5\nratee = 1\nsafe = 'perhaps'\n")
    monkeypatch.setenv("GROUPBOT_LOG_LEVEL", "loud")
    dropped: list[Misfit] = []
    made = load(tmp_path, dropped)
    assert (made.rate, made.ops_chat, made.log_level, made.safe) == (29.5, -5, "info", True)
    file = tmp_path / FILE
    assert {m.where for m in dropped} == {"GROUPBOT_LOG_LEVEL", f"{file}:1", f"{file}:3", f"{file}:4"}


@pytest.mark.parametrize("text", ["abc", "127.0.0.1", "127.0.0.1:", "here:http", "127.0.0.1:8080/x"])
def test_place_to_listen_is_one(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(f"listen = '{text}'\n")
    dropped: list[Misfit] = []
    assert load(tmp_path, dropped).listen == "127.0.0.1:8080"
    assert [m.line() for m in dropped] == [
        f"{tmp_path / FILE}:1: listen: is of another form -> "
        'write text in quotes, for example "127.0.0.1:8080"'
    ]


@pytest.mark.parametrize("text", ["8080", ":8080", "0.0.0.0:80", "bot.local:8080"])
def test_place_to_listen_may_be_short(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(f"listen = '{text}'\n")
    assert load(tmp_path).listen == text
