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


@pytest.mark.parametrize("text", ["8080", ":8080", "0.0.0.0:65535", "127.0.0.1:0"])
def test_port_to_listen_is_one_there_is(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(f"listen = '{text}'\n")
    assert load(tmp_path).listen == text


@pytest.mark.parametrize("port", [65536, 99999])
def test_port_to_listen_that_there_is_not_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    told = f"listen: there is no port {port}, they go from 0 to 65535"
    found = misfit(tmp_path, f"rate = 5\nlisten = '0.0.0.0:{port}'\n")
    assert (found.where, found.what) == (f"{tmp_path / FILE}:2", told)
    assert found.next == 'write text in quotes, for example "127.0.0.1:8080"'
    (tmp_path / FILE).write_text("")
    monkeypatch.setenv("GROUPBOT_LISTEN", str(port))
    dropped: list[Misfit] = []
    assert load(tmp_path, dropped).listen == "127.0.0.1:8080"
    assert [(m.where, m.what) for m in dropped] == [("GROUPBOT_LISTEN", told)]


ELSEWHERE = "take it out: the folder this file lies in is it; for another: --workspace, GROUPBOT_WORKSPACE"


@pytest.mark.parametrize("value", ["'/srv/shop'", "'.'", "5", "/srv/shop"])
def test_the_file_does_not_say_which_folder_it_lies_in(tmp_path: Path, value: str) -> None:
    found = misfit(tmp_path, f"rate = 5\nworkspace = {value}\n")
    assert (found.where, found.what.partition(":")[0]) == (f"{tmp_path / FILE}:2", "workspace")
    assert found.next == ELSEWHERE


@pytest.mark.parametrize("value", ["'/srv/shop'", "/srv/shop"])
def test_a_bot_that_was_meant_to_run_elsewhere_does_not_run_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    (tmp_path / FILE).write_text(f"workspace = {value}\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Misfit, match=r"^groupbot\.toml:1: workspace: .*GROUPBOT_WORKSPACE"):
        load(None, [])
    named: list[Misfit] = []
    assert load(tmp_path, named).folder == tmp_path  # it is said where
    monkeypatch.setenv("GROUPBOT_WORKSPACE", str(tmp_path))
    assert load(None, named).folder == tmp_path
    assert [m.next for m in named] == [ELSEWHERE] * 2
