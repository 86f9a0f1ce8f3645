"""G26: who may what. Sixteen kinds of people before every command and every button that ships, each cell
asserted, deny by default."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.engine.plugins import load
from groupbot.engine.storage import open_engine
from groupbot.engine.writer import Writer
from groupbot.features import tables
from tests.reliability.authority import buttons, commands
from tests.reliability.cells import ACTORS, Matrix, unstated


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


def test_there_are_sixteen_kinds_of_people_and_no_two_are_one() -> None:
    assert len(ACTORS) == 16
    assert len({a.id for a in ACTORS.values()}) == 16


@pytest.mark.parametrize("name", ACTORS)
async def test_commands_are_for_those_who_may(writer: Writer, name: str) -> None:
    m = Matrix(writer)
    await m.people()
    cells, wrong = await commands(m, ACTORS[name])
    assert wrong == []
    assert cells >= len(m.shipped.every_command)


@pytest.mark.parametrize("name", ACTORS)
async def test_buttons_are_for_those_who_may(writer: Writer, name: str) -> None:
    m = Matrix(writer)
    await m.people()
    cells, wrong = await buttons(m, ACTORS[name])
    assert wrong == []
    assert cells >= len(m.shipped.taps)
