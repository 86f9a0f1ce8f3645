"""A group that was retired hears nothing that nobody there asked for."""

from __future__ import annotations

from groupbot.core.effects import Poll, Send
from groupbot.engine.addresses import RETIRED, place_of
from groupbot.engine.work import Work

_SPOKEN = (Send, Poll)
_ASKED = ("handle:", "refusal:")  # begins the cause of what answers a command or a press


def hush(work: Work) -> None:
    """Words to a retired chat that answer nobody's press or command are recorded and never leave."""
    for e in [e for e in work.effects if e.chat and isinstance(e, _SPOKEN)]:
        if not e.cause.startswith(_ASKED):
            place = place_of(work, int(e.chat or 0))
            if place is not None and place.state == RETIRED:
                work.effects.remove(e)
                work.shadow.append(e)
