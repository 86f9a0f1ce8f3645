"""The views an operator's own SQL reads: `v_*`, stable names over tables that may change.

A feature declares its views beside its tables. A migration takes all of them away and puts them back
after its last step, so that tables below them may be rebuilt.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from groupbot.engine.storage import metadata


class View(Struct, frozen=True):
    """One view. `sql` is a SELECT for both databases; `{words}` of it are looked up in the dialect's list."""

    name: str
    about: str
    sql: str

    def select(self, dialect: str) -> str:
        """The SELECT in a dialect's words."""
        return self.sql.format_map(_WORDS[dialect]).strip()


_WORDS = {
    "sqlite": {
        "utc_day": "substr(at, 1, 10)",
        "week_before": "strftime('%Y-%m-%d %H:%M:%f000', m.joined_at, '-7 days')",
        "feature": "CASE WHEN instr(ref, ':') > 0 THEN substr(ref, 1, instr(ref, ':') - 1) ELSE ref END",
        **{f"reason_{n}": f"json_extract(reasons, '$[{n}]')" for n in range(6)},
    },
    "postgresql": {
        "week_before": "m.joined_at - INTERVAL '7 days'",
        "utc_day": "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
        "feature": "split_part(ref, ':', 1)",
        **{f"reason_{n}": f"CAST(CAST(reasons AS JSON) ->> {n} AS INTEGER)" for n in range(6)},
    },
}
VIEWS: dict[str, View] = {}


def view(name: str, about: str, sql: str) -> View:
    """Declare a view; one declared earlier may be read by it."""
    made = VIEWS[name] = View(name, about, sql)
    return made


def create(connection: sa.Connection) -> None:
    """Make every view declared."""
    for made in VIEWS.values():
        connection.exec_driver_sql(f"CREATE VIEW {made.name} AS {made.select(connection.dialect.name)}")


def drop(connection: sa.Connection) -> None:
    """Take every `v_*` view away, those of older versions too."""
    names = [n for n in sa.inspect(connection).get_view_names() if n.startswith("v_")]
    cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
    for name in names:
        connection.exec_driver_sql(f'DROP VIEW IF EXISTS "{name}"{cascade}')


@sa.event.listens_for(metadata, "after_create")
def _with_the_tables(_target: Any, connection: sa.Connection, **_: Any) -> None:
    drop(connection)
    create(connection)
