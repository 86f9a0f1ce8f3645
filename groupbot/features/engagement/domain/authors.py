"""Who bears which name in one chat of an export, and who is a bot: learnt from the whole file before it is
told. Pure.

Service messages name who was added or removed by name only, and somebody just added speaks later, if at all.
Nothing says that an author is a bot, but people cannot make buttons. They can pass on a post without its
author's name, though, and buttons that only lead somewhere go with it: only who sends such in half of their
messages or more is taken for a bot.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from groupbot.features.engagement.domain.exported import person_of

MOST = 250_000  # names, and authors, kept: some 80 MB
LINKS = frozenset(("url", "copy_text"))
NOT_OWN = ("via_bot", "forwarded_from")  # what it carries was made by somebody else


class Authors:
    """The people of one chat by name. `whole`: the file was read to the chat's end, so that a name nobody
    else bore is known to be one member's. Of more than `most` names the later ones are nobody's."""

    def __init__(self, most: int = MOST) -> None:
        self.whole = False
        self._most = most
        self._ids: dict[str, str] = {}  # "": of several
        self._said: dict[str, int] = {}  # messages by author
        self._linked: Counter[str] = Counter()  # those with links for buttons
        self._pressed: set[str] = set()  # whose buttons do something

    def see(self, m: Any) -> None:
        """Learn from one message; from what is none, nothing."""
        try:
            sender, name = m.get("from_id"), m.get("from")
            if sender is None:
                sender, name = m.get("actor_id"), m.get("actor")
            if self._ids.get(name) != sender:
                self._bears(name, sender)
            if sender in self._said:
                self._said[sender] += 1
            elif type(sender) is str and len(self._said) < self._most:
                self._said[sender] = 1
            for r in m.get("reactions", ()):
                for one in r.get("recent") or ():
                    self._bears(one.get("from"), one.get("from_id"))
            if "inline_bot_buttons" in m and sender[:4] == "user" and not any(k in m for k in NOT_OWN):
                self._buttons(m["inline_bot_buttons"], sender)
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

    def _buttons(self, rows: Any, sender: str) -> None:
        kinds = {str(button["type"]) for row in rows for button in row if type(button.get("type")) is str}
        if kinds - LINKS:
            self._pressed.add(sender)
        elif kinds:
            self._linked[sender] += 1

    def bots(self) -> frozenset[int]:
        """Who of the authors is a bot, by what was seen so far."""
        senders = {s for s, n in self._linked.items() if 2 * n >= self._said.get(s, 2 * n + 1)}
        return frozenset(person_of(s) for s in senders | self._pressed if _given(s))

    def bearer(self, name: Any) -> int | None:
        """The one member of the file with this name; None: nobody, or several."""
        sender = self._ids.get(name) if type(name) is str else None
        return person_of(sender) if sender and _given(sender) else None


def _given(sender: str) -> bool:
    """Is this an id that Telegram may give somebody?"""
    try:
        return person_of(sender) > 0
    except ValueError:
        return False
