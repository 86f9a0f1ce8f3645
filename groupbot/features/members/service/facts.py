"""The facts dispatch asks for."""

from __future__ import annotations

from groupbot.core.events import Chat
from groupbot.engine.work import Work
from groupbot.features.members.domain import ADMIN_STATUS, WORDS, is_fresh
from groupbot.features.members.service import connecting, people
from groupbot.features.members.service.settings import get


class Knowledge:
    """The facts of dispatch. `operators` are the ids of the operators."""

    def __init__(self, operators: tuple[int, ...] = ()) -> None:
        self.operators = frozenset(operators)

    def authority(self, work: Work, chat: int, person: int, who: str, right: str = "") -> bool | None:
        """May this person act as `who` here, and have they the right? None: unknown or older than sixty
        seconds."""
        if person in self.operators:
            return True
        if who == "operator":
            return False
        fact = people.standing(work, chat, person)
        if fact is None or not is_fresh(fact[1], work.now):
            return None
        if who == "owner" or fact[0] == "creator":
            return fact[0] == "creator"
        return fact[0] in ADMIN_STATUS and (not right or right in fact[2])

    def voice(self, work: Work, chat: int | None, user: int | None) -> tuple[str, str]:
        """Language and time zone of a chat, or of a person in private."""
        return people.voice(work, chat, user)

    def reachable(self, work: Work, person: int) -> bool:
        """Has this person started the bot?"""
        return people.reachable(work, person)

    def connected(self, work: Work, person: int) -> tuple[int, Chat] | None:
        """The chat this person's commands in private act on: our id, and as events show it."""
        chat = connecting.connected(work, person)
        here = connecting.place(work, chat) if chat is not None else None
        return None if chat is None or here is None else (chat, here)

    def words_on(self, work: Work, chat: int) -> bool:
        """Do whole-message words count as commands here?"""
        return bool(get(work, chat, WORDS))
