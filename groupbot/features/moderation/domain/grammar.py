"""The grammar of administrators' commands: whom, how long, why. Pure.

`/tban @li 2d 3h adverts` names a target, a span and a reason, in this order. Without a target the
message replied to names one; a target that is written wins over the reply.
"""

from __future__ import annotations

import re

from msgspec import Struct

REASON = 200  # characters
_NAME = re.compile(r"@([A-Za-z][A-Za-z0-9_]{1,31})(?=\s|$)")
_ID = re.compile(r"-?[0-9]{5,15}(?=\s|$)")


class Mention(Struct, frozen=True):
    """A name in a text that is a link to a person: where it stands (characters) and who it is."""

    start: int
    length: int
    person: int


class Target(Struct, frozen=True):
    """Whom: an `id` (negative: a channel), a `username`, or (neither) who is replied to."""

    id: int = 0
    username: str = ""

    @property
    def replied(self) -> bool:
        """Is it whoever wrote the message replied to?"""
        return not self.id and not self.username


def target_of(args: str, mentions: tuple[Mention, ...], *, replied: bool) -> tuple[Target | None, str]:
    """Whom a command means and the rest of its arguments; None when it names nobody.

    `mentions` stand where they do in `args`.
    """
    for m in mentions:
        if m.start == 0 and m.length > 0:
            return Target(id=m.person), args[m.length :].strip()
    for pattern in (_NAME, _ID):
        found = pattern.match(args)
        if found is not None:
            rest = args[found.end() :].strip()
            return (Target(username=found[1]) if pattern is _NAME else Target(id=int(found[0]))), rest
    return (Target() if replied else None), args.strip()


def reason_of(text: str) -> str:
    """What is left, as one line of at most 200 characters."""
    return " ".join(text.split())[:REASON]
