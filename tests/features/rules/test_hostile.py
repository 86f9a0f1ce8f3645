"""Hostile patterns are refused, or their work is bounded by the length of the text (RELIABILITY G25).

Bounded work, not time: the engine is linear in instructions × letters, and both have a limit. The times stand
in tests/benchmarks/rules.py.
"""

from __future__ import annotations

from groupbot.features.rules.domain import allowing, blocklist, entries, matching
from groupbot.features.rules.domain.entries import Block
from groupbot.features.rules.domain.matching import Unfit
from tests.features.rules import hostile
from tests.features.rules.test_entries import find
from tests.features.rules.test_locks import FILE


def taken(lines: list[str]) -> list[Block]:
    made = []
    for line in lines:
        try:
            made += entries.read(line)
        except Unfit as e:
            assert e.reason in ("pattern", "heavy", "bare", "wild")
    return made


def test_each_hostile_pattern_is_refused_or_small() -> None:
    assert len(hostile.LINES) >= 100
    blocks = taken(hostile.LINES)
    assert 20 <= len(blocks) < len(hostile.LINES)
    for block in blocks:
        pattern, size = matching.pattern_of(block.kind, block.text)
        assert size <= (matching.LARGEST if block.kind == "re" else 600)
        assert matching.compiled(pattern).programsize == size


def test_looking_around_and_back_is_refused() -> None:
    assert taken([f're:"{p}"' for p in hostile._BACK]) == []


def test_all_of_a_chat_stay_within_what_one_message_may_cost() -> None:
    blocks = taken(hostile.rules())
    made = blocklist.Blocklist(blocks)
    tame = [b for b in blocks if matching.tame(b.kind, b.text)]
    others = [b for b in blocks if not matching.tame(b.kind, b.text)]
    assert len(tame) >= 100
    assert made.left_out > 0
    assert sum(matching.pattern_of(b.kind, b.text)[1] for b in tame) <= matching.TAME
    kept = [b for b in others if any(e is b for _, e in (*made._raw._each, *made._wild._each))]
    assert 0 < sum(matching.pattern_of(b.kind, b.text)[1] for b in kept) <= matching.WORK


def test_longest_messages_are_decided() -> None:
    """Each ends; what stands at the very end is still found."""
    lines = [b.line for b in taken(hostile.rules())]
    for text in hostile.texts():
        find(text, *lines)
        assert find(text[:-10] + " jackpot !", *lines, '"j?ckpot" {tban 52w}') is not None


def test_fullest_lists_are_made_and_still_decide() -> None:
    """As many entries as a chat may have of each kind."""
    wild = [f'"word{i} * and ** other{i}?"' for i in range(matching.MOST + 10)]
    files = [f"file:*a{i}*b{i}*.apk" for i in range(matching.MOST + 10)]
    made = blocklist.Blocklist(taken([*wild, *files]))
    assert made.left_out >= 20
    assert find("word7 so and so on other7s", *wild, *files) is not None
    assert find({"document": {**FILE, "file_name": "xa7yb7z.apk"}}, *wild, *files) is not None
    allowed = allowing.allowed(tuple(f"file:*{'ab*' * 15}{i}" for i in range(allowing.MOST)))
    assert allowed.files is not None
    assert len(allowed.files) == allowing.FILES
