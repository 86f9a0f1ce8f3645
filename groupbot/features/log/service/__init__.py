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
from groupbot.features.log.service.records import changed, in_client, latest, note, reverse, sweep, when
from groupbot.features.log.store import KEPT

__all__ = [
    "KEPT",
    "changed", "claim", "claim_forward", "copies", "destination", "has_destination", "in_client", "known",
    "latest", "link", "linked", "may_be_silent", "missing", "note", "offer", "overview", "reverse", "routes",
    "set_silent", "silent", "sweep", "switch", "unlink", "when",
]  # fmt: skip
