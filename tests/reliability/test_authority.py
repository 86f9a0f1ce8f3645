"""G26: who may what. Seventeen kinds of people before every command and every button that ships, each cell
asserted, deny by default; here the ways to a command for two of them, all for all by the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.engine.plugins import load
from groupbot.engine.storage import open_engine
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.testing import conversation
from tests.reliability import doors
from tests.reliability.authority import brought, looked_at
from tests.reliability.cells import ACTORS, unstated
from tests.reliability.matrix import Matrix

EVERY_WAY = ("administrator who restricts", "member")
ASKED = {  # words of commands and buttons, and what they ask of whom
    "rules": ("anyone", ""),
    "rules set": ("admin", "info"),
    "rules ON": ("admin", "info"),
    "rules links off": ("admin", "info"),
    "rules add word": ("admin", "delete"),
    "rules allow a.example": ("admin", "delete"),
    "helpers": ("anyone", ""),
    "helpers add @mei": ("admin", "promote"),
    "reports": ("helper", "delete"),
    "reports 关": ("admin", "delete"),
    "reports 0": ("admin", "delete"),
    "recipes": ("admin", ""),
    "recipes 关 newcomer": ("admin", "info"),
    "activations": ("admin", ""),
    "activations checkin.points 5": ("admin", "info"),
    "start t_store": ("admin", "info"),
    "shop": ("anyone", ""),
    "shop add 80 5 tea": ("admin", "info"),
    "buy pin": ("admin", "pin"),
    "usernote": ("admin", "restrict"),
    "award": ("admin", "info"),
}


@pytest.fixture
def db_url(tmp_path: Path) -> str:
    """One database is enough: nothing here depends on which."""
    url = f"sqlite:///{tmp_path / 'test.db'}"
    engine = open_engine(url)
    tables().create_all(engine)
    engine.dispose()
    return url


def test_every_route_is_stated_and_none_is_open_by_accident() -> None:
    registry = load()
    assert len(registry.every_command) >= 60
    assert len(registry.taps) >= 15
    assert unstated(registry) == []


def test_words_ask_for_the_right_that_fits_what_they_do() -> None:
    commands = load().commands
    found = {}
    for said in ASKED:
        name, _, args = said.partition(" ")
        found[said] = commands[name].asks(args)
    assert found == ASKED


def test_there_are_at_least_sixteen_kinds_of_people_and_no_two_are_one() -> None:
    assert len(ACTORS) == 17
    assert len({a.id for a in ACTORS.values()}) == 17


@pytest.mark.parametrize("name", ["owner", "member", "anonymous administrator", "linked channel"])
async def test_what_a_message_brings_is_taken_from_those_who_may(
    writer: Writer, tmp_path: Path, name: str
) -> None:
    assert await brought(writer, tmp_path, ACTORS[name]) == (doors.MESSAGES, [])


async def test_http_doors_open_to_their_secret_and_to_nothing_else(tmp_path: Path) -> None:
    async with conversation(tmp_path, **doors.listening()) as talk:
        cells, wrong = await doors.doors(talk)
    assert wrong == []
    assert cells >= 5 * 5 * 6


def test_handlers_of_messages_and_commands_of_the_console_are_stated() -> None:
    assert doors.hearing() == doors.HEARD.keys()
    assert {name: is_ for name, *is_ in doors.console() if is_ != doors.line_of(name)} == {}


@pytest.mark.parametrize("name", ACTORS)
async def test_commands_and_buttons_are_for_those_who_may(writer: Writer, name: str) -> None:
    m = Matrix(writer)
    await m.people()
    cells, wrong = await looked_at(m, ACTORS[name], ways=name in EVERY_WAY)
    assert wrong == []
    assert cells >= 2 * len(m.shipped.every_command)
