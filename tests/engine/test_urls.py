"""A database's URL: what others may read of it, and how PostgreSQL's own programs are given it."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from groupbot.engine.urls import for_programs, parsed_url, passwords, shown
from groupbot.errors import Misfit

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


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://me:{SPELLED}@db.example/shop",
        f"postgresql+psycopg://me:{SPELLED}@db.example/shop?sslmode=require",
        f"postgresql://db.example/shop?user=me&password={SPELLED}",
        f"postgresql://db.example/shop?user=me&password={SPELLED}&password={SPELLED}",
        f"postgresql://db.example/shop?sslkey=/x&sslpassword={SPELLED}",
        f"mysql://me:{SPELLED}@db.example/shop",
        f"postgresql://me:{SPELLED}/shop",
    ],
)
def test_a_password_is_known_in_all_its_spellings(url: str) -> None:
    assert {HARD, SPELLED, "p%40s%27s/w%5Crd%20%25", "p%40s%27s%2Fw%5Crd+%25"} <= passwords(url)


def test_a_password_whose_at_sign_is_not_spelled_out_is_known_whole() -> None:
    assert {"p@s:s/word", "p%40s%3As%2Fword"} <= passwords("postgresql://me:p@s:s/word@db.example/shop?a=b")


@pytest.mark.parametrize(
    "url", ["postgresql:///shop", "postgresql://me@h:5432/shop", "sqlite:////srv/a:b@c.db"]
)
def test_where_there_is_no_password_nothing_is_hidden(url: str) -> None:
    assert passwords(url) == set()


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("postgresql://me:secret@h:5/n?sslmode=require", "postgresql://me:***@h:5/n?sslmode=require"),
        ("postgresql://h/n?user=me&password=secret&sslpassword=secret", "postgresql://h/n?user=me"),
        ("sqlite:////srv/shop/groupbot.db", "sqlite:////srv/shop/groupbot.db"),
    ],
)
def test_a_url_is_shown_without_its_passwords(url: str, seen: str) -> None:
    assert shown(url) == seen


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("postgresql://me:secret/shop", "this is no database URL"),
        ("postgresql://me:sec@secret@host/shop", "there is more than one @ before the host"),
        ("mysql://me:secret@host/shop", "mysql is no database for groupbot"),
    ],
)
def test_a_url_that_does_not_fit_is_told_without_its_password(url: str, line: str) -> None:
    with pytest.raises(Misfit) as e:
        parsed_url(url)
    assert e.value.line().startswith(f"GROUPBOT_DATABASE_URL: {line} -> ")
    assert "secret" not in e.value.line()
