"""G26: who may what. Sixteen kinds of people before every command and every button that ships, each cell
asserted, deny by default."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.engine.plugins import load
from groupbot.engine.storage import open_engine
from groupbot.engine.writer import Writer
from groupbot.features import tables
from tests.engine.desk import GROUP
from tests.reliability.cells import ACTORS, Matrix, may, sample, unstated


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
    m, actor = Matrix(writer), ACTORS[name]
    await m.people()
    private = {"id": actor.id, "type": "private", "first_name": "A"}
    wrong, cells = [], 0
    for route in m.shipped.every_command:
        chat = private if route.where == "private" else GROUP
        for args in ["", *sorted(route.admin_args)[:2]]:
            if chat is private and actor.writes_as != "themselves":
                expected: list[str] = []  # nobody writes as a group or channel in private
                found: list[str] = []
            else:
                expected = [route.name] if may(actor, route, route.who_for(args)) else []
                found = await m.cell(actor, m.message(actor, f"/{route.name} {args}".strip(), chat))
            cells += 1
            if found != expected:
                wrong.append(f"/{route.name} {args}: {found}")
    assert wrong == []
    assert cells >= len(m.shipped.every_command)


@pytest.mark.parametrize("name", ACTORS)
async def test_buttons_are_for_those_who_may(writer: Writer, name: str) -> None:
    m, actor = Matrix(writer), ACTORS[name]
    await m.people()
    wrong, cells = [], 0
    for route in m.shipped.taps.values():
        for private in (False, True):
            if private and not hasattr(sample(route.type), "chat") and route.who != "anyone":
                continue  # such a button is never sent in private: there it would act on nothing
            expected = [route.kind] if may(actor, route, route.who) else []
            found = await m.cell(actor, m.press(actor, route, private=private))
            cells += 1
            if found != expected:
                wrong.append(f"{route.kind} private={private}: {found}")
    assert wrong == []
    assert cells >= len(m.shipped.taps)
