"""A database's URL: what others may read of it, and how PostgreSQL's own programs are given it."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from groupbot.engine.urls import for_programs

HARD = "p@s's/w\\rd %"  # what must be written in a URL as
SPELLED = "p%40s%27s%2Fw%5Crd%20%25"


@pytest.mark.parametrize("driver", ["", "+psycopg", "+asyncpg"])
def test_programs_get_all_but_the_password_among_their_arguments(driver: str) -> None:
    said, secret = for_programs(
        f"postgresql{driver}://m%27e:{SPELLED}@db.example:5433/my%20shop"
        "?sslmode=require&passfile=/x/y&options=-c%20work_mem%3D4MB"
    )
    assert secret == {"PGPASSWORD": HARD}
    assert conninfo_to_dict(said) == {
        "user": "m'e", "host": "db.example", "port": "5433", "dbname": "my shop",
        "sslmode": "require", "passfile": "/x/y", "options": "-c work_mem=4MB",
    }  # fmt: skip


def test_programs_get_a_password_given_as_an_option_by_their_environment_too() -> None:
    said, secret = for_programs(f"postgresql:///shop?host=/run/pg&user=me&password={SPELLED}")
    assert (secret, conninfo_to_dict(said)) == (
        {"PGPASSWORD": HARD},
        {"dbname": "shop", "host": "/run/pg", "user": "me"},
    )


def test_without_a_password_that_of_the_environment_or_of_the_passfile_counts() -> None:
    assert for_programs("postgresql://me@/shop?host=a:1&host=b:2") == (
        "dbname='shop' user='me' host='a,b' port='1,2'",
        {},
    )
