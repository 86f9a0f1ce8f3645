"""Write a record down, and send it where its group wants it; say where that is."""

from groupbot.features.log.service.linking import claim, claim_forward, known, link, linked, offer, unlink
from groupbot.features.log.service.places import (
    copies,
    destination,
    has_destination,
    may_be_silent,
    missing,
    overview,
    routes,
    set_silent,
    silent,
    switch,
)
from groupbot.features.log.service.records import changed, latest, note, sweep, when
from groupbot.features.log.service.seen import (
    asked,
    came,
    gather,
    in_client,
    in_service,
    promote,
    reverse,
    turn,
    unpin,
    went,
)
from groupbot.features.log.store import KEPT

__all__ = [
    "KEPT",
    "asked", "came", "changed", "claim", "claim_forward", "copies", "destination", "gather",
    "has_destination", "in_client", "in_service", "known", "latest", "link", "linked", "may_be_silent",
    "missing", "note", "offer", "overview", "promote", "reverse", "routes", "set_silent", "silent", "sweep",
    "switch", "turn", "unlink", "unpin", "went", "when",
]  # fmt: skip
