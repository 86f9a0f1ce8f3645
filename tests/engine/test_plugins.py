"""Routers from three places: found, checked, and never fatal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from groupbot.engine.plugins import Registry, forget_local, load
from groupbot.engine.router import Router
from groupbot.engine.shipped import folder
from groupbot.errors import Misfit
from groupbot.testing import conversation

SHIPPED = sorted(p.stem for p in folder("handlers").glob("*.py") if not p.stem.startswith("_"))


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No module of another test's folder."""
    forget_local()
    yield
    forget_local()


@pytest.fixture
def local(tmp_path: Path) -> Path:
    made = tmp_path / "handlers"
    made.mkdir()
    return made


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.py"
    path.write_text(f"from groupbot import Command, Router, Work\n{text}\n")
    return path


def install(site: Path, monkeypatch: pytest.MonkeyPatch, text: str, *, name: str = "guest") -> None:
    """A package with an entry point, as pip leaves it."""
    site.mkdir()
    (site / f"{name}_plugin.py").write_text(f"from groupbot import Router\n{text}\n")
    info = site / f"{name}_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[groupbot.handlers]\n{name} = {name}_plugin\n")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.delitem(sys.modules, f"{name}_plugin", raising=False)


def router(name: str, *commands: str, replaces: str = "") -> Router:
    made = Router(name, replaces=replaces, source=f"/x/{name}.py")
    for c in commands:
        made.command(c)(lambda cmd, work: None)
    return made


def test_three_places_in_their_order(local: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "site", monkeypatch, "router = Router('guest')")
    write(local, "own", "router = Router('own')")
    found = load(local)
    assert [r.name for r in found.routers][-2:] == ["guest", "own"]
    assert sorted(Path(r.source).stem for r in found.routers[:-2]) == SHIPPED
    assert found.misfits == []


def test_safe_mode_loads_only_what_is_shipped(
    local: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", monkeypatch, "raise RuntimeError('never imported')")
    write(local, "own", "raise RuntimeError('never imported')")
    found = load(local, safe=True)
    assert (len(found.routers), found.misfits) == (len(SHIPPED), [])


def test_a_clash_names_both_and_the_shipped_one_stays(local: Path) -> None:
    path = write(local, "mine", "router = Router('mine')\n@router.command('ping')\ndef p(cmd, work): ...")
    found = load(local)
    assert [(m.what, m.where) for m in found.misfits] == [
        ("/ping belongs to router 'ping' already", str(path.resolve()))
    ]
    assert found.commands["ping"].router == "ping"
    assert "mine" not in [r.name for r in found.routers]


def test_two_routers_of_one_name_are_both_named(local: Path) -> None:
    path = write(local, "mine", "router = Router('ping')")
    (misfit,) = load(local).misfits
    shipped = folder("handlers").resolve() / "ping.py"
    assert misfit.what == f"two routers are named 'ping': {shipped} and {path.resolve()}"


def test_a_router_that_replaces_is_announced(local: Path) -> None:
    path = write(
        local,
        "mine",
        "router = Router('mine', replaces='ping')\n@router.command('ping')\ndef p(cmd, work): ...",
    )
    found = load(local)
    assert found.notices == [f"{path.resolve()}: router 'mine' replaces the shipped 'ping'"]
    assert (found.misfits, found.commands["ping"].router) == ([], "mine")


@pytest.mark.parametrize("second", ["pong", "ping", "mine"])
def test_of_two_that_replace_the_same_router_the_first_stays(second: str) -> None:
    made = Registry()
    made.add(router("ping", "ping"))
    made.add(router("mine", "ping", replaces="ping"))
    with pytest.raises(Misfit) as e:
        made.add(router(second, "ping", replaces="ping"))
    assert e.value.what == "router 'ping' is replaced already, by 'mine' of /x/mine.py"
    assert [r.name for r in made.routers] == ["mine"]
    assert made.commands["ping"].router == "mine"


def test_two_that_replace_different_routers_both_stand() -> None:
    made = Registry()
    for r in (router("a", "a"), router("b", "b"), router("c", "c")):
        made.add(r)
    made.add(router("x", "a", replaces="a"))
    made.add(router("y", "b", replaces="b"))
    assert [r.name for r in made.routers] == ["c", "x", "y"]
    assert {n: c.router for n, c in made.commands.items()} == {"a": "x", "b": "y", "c": "c"}
    assert len(made.notices) == 2


def test_a_replacement_may_itself_be_replaced_by_its_own_name() -> None:
    made = Registry()
    for r in (router("a", "a"), router("x", "a", replaces="a"), router("z", "a", replaces="x")):
        made.add(r)
    assert (made.commands["a"].router, [r.name for r in made.routers]) == ("z", ["z"])


def test_a_replacement_that_clashes_leaves_all_as_it_was() -> None:
    made = Registry()
    made.add(router("a", "a"))
    made.add(router("b", "b"))
    with pytest.raises(Misfit, match="/b belongs to router 'b' already"):
        made.add(router("x", "a", "b", replaces="a"))
    assert [r.name for r in made.routers] == ["a", "b"]
    assert {n: c.router for n, c in made.commands.items()} == {"a": "a", "b": "b"}
    assert (made.notices, made.replaced) == ([], {})


def test_what_replaces_nothing_is_told_the_names() -> None:
    made = Registry()
    made.add(router("a"))
    with pytest.raises(Misfit) as e:
        made.add(router("x", replaces="b"))
    assert (e.value.what, e.value.next) == ("replaces='b' names no router", "known: a")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("1 / 0", 2, "ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit('no config')", 3, "SystemExit: no config"),
        ("raise SystemExit(3)", 2, "SystemExit: 3"),
        ("import not_there_at_all", 2, "ModuleNotFoundError: No module named 'not_there_at_all'"),
        ("def broken(:\n  pass", 2, "SyntaxError: invalid syntax (a_broken.py, line 2)"),
    ],
)
def test_a_broken_file_is_named_with_its_line_and_skipped(
    local: Path, text: str, line: int, what: str
) -> None:
    path = write(local, "a_broken", text)
    write(local, "well", "router = Router('well')")
    found = load(local)
    assert [(m.what, m.where) for m in found.misfits] == [(what, f"{path.resolve()}:{line}")]
    assert found.routers[-1].name == "well"


@pytest.mark.parametrize("text", ["1 / 0", "raise SystemExit('no')"])
def test_a_broken_package_is_named_and_skipped(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", monkeypatch, text)
    found = load(None)
    assert [m.where for m in found.misfits] == ["plug-in guest"]
    assert len(found.routers) == len(SHIPPED)


def test_ctrl_c_while_a_file_loads_goes_through(local: Path) -> None:
    write(local, "slow", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load(local)


def test_a_file_without_a_router_is_named(local: Path) -> None:
    path = write(local, "empty", "x = 1")
    write(local, "_helper", "raise RuntimeError('never imported by itself')")
    assert [(m.what, m.where) for m in load(local).misfits] == [
        ("no `router = Router(...)` in it", str(path.resolve()))
    ]


async def test_a_message_that_a_plug_in_said_wrongly_costs_that_message_alone(local: Path) -> None:
    """Not the bot, which could not be started again while its row waited."""
    lines = (
        "from datetime import timedelta",
        "from groupbot import Send",
        'router = Router("berries", about="Berries")',
        '@router.command("berry", about="Ask about a berry")',
        "def berry(cmd: Command, work: Work) -> None:",
        '    work.say(Send(chat=work.chat, text="Which berry?", lifetime=timedelta(minutes=1)))',
    )
    write(local, "berries", "\n".join(lines))
    async with conversation(local.parent) as chat:
        mei = chat.person("Mei")
        await chat.says(mei, "/berry")
        await chat.says(mei, "/ping")
        assert ("Which berry?" in chat.bot_texts(), len(chat.bot_texts())) == (False, 1)
        await chat.restarts()
        await chat.says(mei, "/ping")
        assert len(chat.bot_texts()) == 2
