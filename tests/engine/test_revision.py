"""Which database needs no migration."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from groupbot.engine import migrate
from groupbot.engine.revision import ensure, newest, up_to_date
from groupbot.errors import Misfit


def test_the_newest_revision_is_alembics_head() -> None:
    assert newest() == migrate.head()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_only_a_migrated_database_is_up_to_date(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    lite = kind == "sqlite"
    url = f"sqlite:///{tmp_path / 'x.db'}" if lite else str(request.getfixturevalue("pg_url"))
    assert not up_to_date(url)
    ensure(url)
    assert up_to_date(url)
    ensure(url)


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    ensure(url)
    engine = sa.create_engine(url)
    with engine.begin() as c:
        c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    assert not up_to_date(url)
    with pytest.raises(Misfit, match="9999"):
        ensure(url)
