"""The facts dispatch asks for."""

from __future__ import annotations

from collections.abc import Callable

from groupbot.core.events import Chat
from groupbot.engine.dispatch.items import Habits
from groupbot.engine.work import Work
from groupbot.features.members.domain import ADMIN_STATUS, ANON_ADMIN, WORDS, is_fresh
from groupbot.features.members.service import chats, connecting, habits, people
from groupbot.features.members.service.settings import get


class Knowledge:
    """The facts of dispatch. `operators` are the ids of the operators; `on_shift(work, chat, person)` says
    who is a helper now: nobody, unless that is given."""

    def __init__(
        self,
        operators: tuple[int, ...] = (),
        on_shift: Callable[[Work, int, int], bool] = lambda work, chat, person: False,
    ) -> None:
        self.operators = frozenset(operators)
        self.on_shift = on_shift

    def authority(self, work: Work, chat: int, person: int, who: str, right: str = "") -> bool | None:
        """May this person act as `who` here, and have they these rights? None: unknown or older than
        sixty seconds. A helper needs no right of Telegram."""
        if person in self.operators:
            return True
        if who == "operator":
            return False
        if who == "helper" and self.on_shift(work, chat, person):
            return True
        fact = people.standing(work, chat, person)
        if fact is None or not is_fresh(fact[1], work.now):
            return None
        if who == "owner" or fact[0] == "creator":
            return fact[0] == "creator"
        return fact[0] in ADMIN_STATUS and (not right or set(right.split()) <= {*fact[2]})

    def bot_lacks(self, work: Work, chat: int, rights: str) -> tuple[str, ...]:
        """Which of these rights the bot has not in a group."""
        return chats.bot_lacks(work, chat, rights.split())

    def trusts_anonymous(self, work: Work, chat: int) -> bool:
        """Does who posts as the group count as an administrator with every right here?"""
        return bool(get(work, chat, ANON_ADMIN))

    def voice(self, work: Work, chat: int | None, user: int | None) -> tuple[str, str]:
        """Language and time zone of a chat, or of a person in private."""
        known: tuple[str, str] | None = work.cached("members.voice").get(chat) if user is None else None
        return known or people.voice(work, chat, user)

    def reachable(self, work: Work, person: int) -> bool:
        """Has this person started the bot?"""
        return people.reachable(work, person)

    def connected(self, work: Work, person: int) -> tuple[int, Chat] | None:
        """The chat this person's commands in private act on: our id, and as events show it."""
        chat = connecting.connected(work, person)
        if chat is None:
            return None
        here = connecting.place(work, chat)
        return None if here is None else (chat, here)

    def words_on(self, work: Work, chat: int) -> bool:
        """Do whole-message words count as commands here?"""
        return bool(get(work, chat, WORDS))

    def staff(self, work: Work, chat: int, person: int) -> bool:
        """An administrator as last known, or an operator?"""
        return person in self.operators or people.is_staff(work, chat, person)

    def inside(self, work: Work, chat: int, person: int) -> bool:
        """A member or administrator now, as far as seen?"""
        return people.is_here(work, chat, person) or people.is_staff(work, chat, person)

    def habits(self, work: Work, chat: int) -> Habits | None:
        """What this chat does with commands; None: the usual."""
        return habits.of(work, chat)
