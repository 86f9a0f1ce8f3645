"""docs/privacy.md says what the tables do."""

from pathlib import Path

from groupbot.engine.keeping.declared import described
from groupbot.engine.plugins import load

PAGE = Path(__file__).parents[2] / "docs" / "privacy.md"


def test_the_table_of_what_is_kept_is_current() -> None:
    table = described(load().routers)
    assert table.count("\n") >= 20
    assert PAGE.read_text("utf-8").endswith(table), (
        "put in: python -c 'from groupbot.engine.keeping.declared import described as d; "
        'from groupbot.engine.plugins import load; print(d(load().routers), end="")\''
    )


def test_every_command_of_the_desk_is_on_the_page() -> None:
    router = next(r for r in load().routers if r.name == "privacy")
    page = PAGE.read_text("utf-8")
    assert [c.name for c in router.commands if f"`/{c.name}`" not in page] == []
    assert len(router.commands) == 5
