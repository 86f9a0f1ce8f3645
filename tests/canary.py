"""G29: no secret of the whole suite is told anywhere.

Every test's bot has a token that says it opens nothing, webhooks have one secret, the shop that tells orders
another, PostgreSQL one password.
After each test its log and output (those of the processes it started too) and every file it left (databases
with their journals, exports, backups, pictures) are looked through for them; when a PostgreSQL server ends,
so are its files. What the libraries say at level DEBUG is looked at in tests/test_secrets.py, in whole
processes. A test that must write a secret down itself is marked `tells_secrets`, and says why.

    python -m tests.canary [tests/cli ...] [--record]     # the suite, or some of it, for this figure alone
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.benchmarks.figures import record

PASSWORD = "password-that-opens-nothing"
SHOP = b"of-the-shop-" * 3
SECRETS = (b"token-that-opens-nothing", PASSWORD.encode(), b"a-long_secret-of-the-webhook", SHOP)
CAUGHT = "secrets were told in "
ROOT = Path(__file__).parents[1]
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
        report.longrepr = CAUGHT + "; ".join(said)
    return report


def played(*paths: str, more: tuple[str, ...] = ()) -> tuple[int, list[str], list[str]]:
    """(tests that were played, those that told a secret, those that failed for another reason)."""
    with tempfile.TemporaryDirectory() as place:
        log = Path(place) / "played.xml"
        words = [sys.executable, "-m", "pytest", "-q", f"--junitxml={log}", *more, *paths]
        made = subprocess.run(words, cwd=ROOT, stdout=sys.stderr)
        if made.returncode not in (0, 1) or not log.exists():
            sys.exit(f"the tests were not played: pytest ended with {made.returncode}")
        cases = list(ElementTree.parse(log).iter("testcase"))
    told_, failed = list[str](), list[str]()
    for case in cases:
        wrong = [e for e in case if e.tag in ("failure", "error")]
        caught = any(CAUGHT in (e.get("message") or "") + (e.text or "") for e in wrong)
        if wrong:
            (told_ if caught else failed).append(f"{case.get('classname')}::{case.get('name')}")
    return len({(c.get("classname"), c.get("name")) for c in cases}), sorted({*told_}), sorted({*failed})


def main() -> None:
    """The command. What failed for another reason was looked through as well, and may have ended early: the
    figure names how many."""
    n, leaking, failed = played(*sys.argv[1:])
    print("\n".join([*(f"told: {t}" for t in leaking), *(f"failed: {t}" for t in failed)]))
    figure = f"{n:,} tests: {len(leaking)} told a secret" + (f", {len(failed)} failed" if failed else "")
    print(figure)
    record("G29", figure, met=n > 0 and not leaking, part="short" if sys.argv[1:] or failed else "")
    sys.exit(bool(leaking))


if __name__ == "__main__":
    main()
