"""Who bears which name in one chat of an export: learnt from the whole file before it is told. Pure.

Service messages name who was added or removed by name only, and somebody just added speaks later, if at all.
"""

from __future__ import annotations

from typing import Any

from groupbot.features.engagement.domain.exported import person_of

MOST = 250_000  # names kept: some 60 MB


class Authors:
    """The people of one chat by name. `whole`: the file was read to the chat's end, so that a name nobody
    else bore is known to be one member's. Of more than `most` names the later ones are nobody's."""

    def __init__(self, most: int = MOST) -> None:
        self.whole = False
        self._most = most
        self._ids: dict[str, str] = {}  # "": of several

    def see(self, m: Any) -> None:
        """Learn from one message; from what is none, nothing."""
        try:
            sender, name = m.get("from_id"), m.get("from")
            if sender is None:
                sender, name = m.get("actor_id"), m.get("actor")
            if self._ids.get(name) != sender:
                self._bears(name, sender)
            for r in m.get("reactions", ()):
                for one in r.get("recent") or ():
                    self._bears(one.get("from"), one.get("from_id"))
        except (TypeError, AttributeError):
            return

    def _bears(self, name: Any, sender: Any) -> None:
        if type(name) is not str or type(sender) is not str or sender[:4] != "user":
            return
        known = self._ids.get(name)
        if known is None:
            if len(self._ids) < self._most:
                self._ids[name] = sender
        elif known != sender:
            self._ids[name] = ""

    def bearer(self, name: Any) -> int | None:
        """The one member of the file with this name; None: nobody, or several."""
        sender = self._ids.get(name) if type(name) is str else None
        try:
            return person_of(sender) if sender else None
        except ValueError:
            return None
