"""Mutants that change nothing anybody could see: each with the reason why. They count on neither side.

A mutant is named by its module, its function, the line (as it is written, without indent) and the fault; who
edits the line argues anew, and an entry that names no mutant any more fails a test.
"""

from __future__ import annotations

from tests.mutation.mutants import Mutant

Key = tuple[str, str, str, str]
_BOOKS = "groupbot.features.ledger"

EQUIVALENT: dict[Key, str] = {}


def key(mutant: Mutant) -> Key:
    """The name of a mutant here."""
    return mutant.module, mutant.function, mutant.text, mutant.what
