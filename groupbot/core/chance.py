"""The face of chance: what a decision may ask of `work.rng`."""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Chance(Protocol):
    """SystemRandom in production, a seeded Random in tests and rehearsals."""

    def randint(self, a: int, b: int) -> int: ...

    def shuffle(self, x: MutableSequence[Any]) -> None: ...

    def choice(self, seq: Sequence[T]) -> T: ...

    def random(self) -> float: ...

    def randbytes(self, n: int) -> bytes: ...
