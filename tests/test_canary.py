"""G29's net catches: a secret in output or in a file fails a test that passed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.canary import PASSWORD, SECRETS, leaks, played, told
from tests.reliability import doors

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.tells_secrets("to see them caught")

NET = "from tests.canary import pytest_runtest_makereport\n"
TESTS = f"""
import pytest

def test_says(): print("connecting as bot:{PASSWORD}")
def test_leaves(tmp_path): (tmp_path / "dump.sql").write_bytes(b"x" * 9 + {PASSWORD.encode()!r})
def test_quiet(tmp_path): (tmp_path / "dump.sql").write_bytes(b"nothing")
@pytest.mark.tells_secrets("it is its subject")
def test_may(): print("{PASSWORD}")
"""


def test_a_secret_in_output_or_file_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(NET)
    pytester.makepyfile(TESTS)
    pytester.makeini(
        "[pytest]\nmarkers = tells_secrets(why)\nasyncio_default_fixture_loop_scope = function\n"
    )
    found = pytester.runpytest("-p", "no:xdist", "-p", "no:randomly", "-p", "no:cacheprovider")
    found.assert_outcomes(passed=3, failed=1, errors=1)


def test_each_secret_is_known_in_bytes(tmp_path: Path) -> None:
    assert [told(b"..." + s + b"...") for s in SECRETS] == [[s.decode()] for s in SECRETS]
    (tmp_path / "a").write_bytes(SECRETS[0])
    assert leaks(tmp_path.iterdir()) == [f"a: {SECRETS[0].decode()}"]


def test_the_secrets_of_all_doors_are_looked_for() -> None:
    assert {s.encode() for s in doors.SECRETS.values()} <= {*SECRETS}


def test_the_command_tells_who_told_a_secret_and_who_failed_otherwise(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(NET)
    pytester.makeini("[pytest]\nmarkers = tells_secrets(why)\n")
    path = pytester.makepyfile(TESTS + "\ndef test_fails(): assert False\n")
    n, leaking, failed = played(str(path), more=("-p", "no:xdist", "-p", "no:cacheprovider"))
    assert (n, [t.partition("::")[2] for t in leaking], [t.partition("::")[2] for t in failed]) == (
        5,
        ["test_leaves", "test_says"],
        ["test_fails"],
    )
