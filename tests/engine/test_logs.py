"""No secret leaves through a log line, whatever carries it."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from groupbot.engine import logs

SECRET = "AAHqL9-secret_part_of_a_token_0123456"
TOKEN = f"700000001:{SECRET}"
URL = f"https://api.telegram.org/bot{TOKEN}/sendMessage"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging is of the whole process: put back what was."""
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)
    structlog.configure(**config)


@dataclass
class Carrier:
    url: str


CARRIERS = {
    "text": URL,
    "tuple": ("a", URL),
    "set": {URL},
    "nested": {"deep": [{"url": (URL,)}]},
    "key": {URL: 1},
    "bytes": URL.encode(),
    "exception": RuntimeError(URL),
    "group": ExceptionGroup("all", [OSError(3, URL)]),
    "object": Carrier(URL),
    "path": Path(URL),
}


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("name", CARRIERS)
def test_a_token_in_any_value_is_redacted(
    name: str, as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up("debug", as_json=as_json)
    structlog.get_logger("x").info("event", value=CARRIERS[name])
    said = capsys.readouterr().err
    assert ("[token]" in said, SECRET in said) == (True, False)


def test_what_holds_no_secret_stays_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("info", as_json=True)
    structlog.get_logger("x").info("event", n=3, yes=True, none=None, listed=[1, {"a": "b"}])
    found = json.loads(capsys.readouterr().err)
    assert (found["n"], found["yes"], found["none"], found["listed"]) == (3, True, None, [1, {"a": "b"}])


@pytest.mark.parametrize("as_json", [True, False])
def test_an_exceptions_traceback_is_redacted(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("info", as_json=as_json)
    try:
        raise RuntimeError(URL) from OSError(URL)
    except RuntimeError:
        structlog.get_logger("x").exception("failed")
        logging.getLogger("library").exception("failed with %s", URL, stack_info=True)
    said = capsys.readouterr().err
    assert (said.count("Traceback") >= 2, SECRET in said) == (True, False)


def test_the_secret_part_alone_is_hidden_once_known(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("info")
    logs.hide(TOKEN)
    logging.getLogger("library").warning("GET /bot700000001%%3A%s", SECRET)
    structlog.get_logger("x").info("event", part=SECRET)
    said = capsys.readouterr().err
    assert (said.count("[secret]"), SECRET in said) == (2, False)


@pytest.mark.parametrize("password", ["x", "12345", "p%40ss-word"])
def test_a_password_in_an_address_is_redacted_though_nobody_knew_it(password: str) -> None:
    said = f"cannot reach postgresql://me:{password}@db/name, nor http://127.0.0.1:8080/x@y"
    assert logs.redact(said) == "cannot reach postgresql://me:***@db/name, nor http://127.0.0.1:8080/x@y"


def test_a_slip_in_a_librarys_arguments_is_logged_and_raises_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.set_up("info")
    logging.getLogger("library").warning("%d", URL)
    said = capsys.readouterr().err
    assert ("[token]" in said, SECRET in said) == (True, False)


def test_a_crash_is_told_without_the_token(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("info")
    try:
        raise RuntimeError(URL)
    except RuntimeError as e:
        sys.excepthook(type(e), e, e.__traceback__)
    said = capsys.readouterr().err
    assert ("RuntimeError" in said, SECRET in said) == (True, False)


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_stands_around_it(before: str, after: str) -> None:
    logs.hide(TOKEN)
    assert SECRET not in logs.redact(f"{before}{TOKEN}{after}")
