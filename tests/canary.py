"""G29: no secret of the whole suite is told anywhere.

Every test's bot has a token that says it opens nothing, webhooks have one secret, PostgreSQL one password.
After each test its log and output (those of the processes it started too) and every file it left (databases
with their journals, exports, backups, pictures) are looked through for them; when a PostgreSQL server ends,
so are its files. What the libraries say at level DEBUG is looked at in tests/test_secrets.py, in whole
processes. A test that must write a secret down itself is marked `tells_secrets`, and says why.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "password-that-opens-nothing"
SECRETS = (b"token-that-opens-nothing", PASSWORD.encode(), b"a-long_secret-of-the-webhook")
LARGEST = 64 << 20  # bytes of a file that is looked through


def told(data: bytes) -> list[str]:
    """The secrets in it."""
    return [s.decode() for s in SECRETS if s in data]


def leaks(files: Iterable[Path]) -> list[str]:
    """Files that hold a secret, by their names alone."""
    found = []
    for path in files:
        try:
            if path.is_file() and path.stat().st_size <= LARGEST and (words := told(path.read_bytes())):
                found.append(f"{path.name}: {', '.join(words)}")
        except OSError:  # gone meanwhile, or not ours to read
            continue
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test said and left fails it, also after it has passed."""
    report = yield
    if item.get_closest_marker("tells_secrets"):
        return report
    said: list[str] = []
    if call.when == "call":  # after it, pytest removes the folder of a test that passed
        place: Any = (getattr(item, "funcargs", None) or {}).get("tmp_path")
        said = leaks(place.rglob("*")) if isinstance(place, Path) else []
    elif call.when == "teardown":
        said = [f"{n}: {', '.join(words)}" for n, text in report.sections if (words := told(text.encode()))]
    if said:
        report.outcome = "failed"
        report.longrepr = "secrets were told in " + "; ".join(said)
    return report
