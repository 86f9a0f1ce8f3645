"""G15 in short: every ninth zone and those with odd rules, every third change of their clocks. The whole:
`python -m tests.benchmarks.walls`."""

from tests.benchmarks.walls import NAMES, SHAPES, run

ODD = (
    "Africa/Cairo",  # at midnight
    "Africa/Casablanca",  # around Ramadan
    "America/Asuncion",  # gave it up
    "America/New_York",
    "America/St_Johns",  # half past
    "Antarctica/Troll",  # two hours
    "Asia/Beirut",
    "Asia/Gaza",
    "Australia/Lord_Howe",  # half an hour
    "Europe/Berlin",
    "Pacific/Chatham",  # a quarter to
)


def test_no_change_of_any_clock_misses_or_doubles_a_slot() -> None:
    found = run([*ODD, *NAMES[::9]], every=3)
    assert (found.missed, found.doubled) == ([], [])
    assert found.transitions > 600
    assert found.checked >= found.transitions // 3 * len(SHAPES) - 500
    assert found.slots > 10_000
