"""What can go wrong, and who is told.

GroupbotError
├── Refusal   a member is told, from a template; the step is undone
├── Unsure    a fact about somebody must be asked for first; then the handler runs anew
├── Misfit    an operator is told: a name, a place and the next step
└── Trouble   Telegram said no
    ├── Gone    it will never work: chat left, user deleted, message too old
    ├── Denied  it needs a right the bot does not have now
    └── Later   it may work after `retry_after` seconds
        └── Hushed  Telegram was not asked: it wants silence in the chat
"""

from __future__ import annotations

from typing import Any


class GroupbotError(Exception):
    """Root of all errors that groupbot raises on purpose."""


class Refusal(GroupbotError):
    """A polite no for the member who asked.

    The handler's step is rolled back, then `template` is rendered with `data` and said to the
    member: as a toast on a tap, as a short-lived reply on a command.
    """

    def __init__(self, template: str, **data: Any) -> None:
        super().__init__(template)
        self.template = template
        self.data = data


class Unsure(GroupbotError):
    """What is known of `member` (0: of the chat itself) may be out of date, and the handler must not guess.

    The step is undone, Telegram is asked about them in `chat` (our id), and with its answer (a `Standing`
    or `ChatFacts` event, seen before by those who listen) the command runs anew. Where none comes within
    three seconds, `otherwise` is said.
    """

    def __init__(self, member: int, chat: int, otherwise: Refusal) -> None:
        super().__init__(f"unsure of {member}")
        self.member = member
        self.chat = chat
        self.otherwise = otherwise


class Misfit(GroupbotError):
    """Something an operator wrote does not fit: `what` it is, `where` it stands, what to do `next`."""

    def __init__(self, what: str, *, where: str = "", next: str = "") -> None:
        self.what, self.where, self.next = what, where, next
        super().__init__(self.line())

    def line(self) -> str:
        """One line for a terminal or a log."""
        place = f"{self.where}: " if self.where else ""
        step = f" -> {self.next}" if self.next else ""
        return f"{place}{self.what}{step}"


class Trouble(GroupbotError):
    """Telegram did not do what was asked."""


class Gone(Trouble):
    """Permanent: asking again cannot help. `state` is the new state of the chat, if it is one;
    `blocked`: the person does not want, or can no longer get, messages of the bot."""

    def __init__(self, text: str, *, state: str = "", moved_to: int = 0, blocked: bool = False) -> None:
        super().__init__(text)
        self.state = state
        self.moved_to = moved_to
        self.blocked = blocked


class Denied(Trouble):
    """A right is missing; `doctor` and the adding admin are told which act failed."""


class Later(Trouble):
    """Ask again after `retry_after` seconds. `unknown`: it may have landed. `counts` is False where the
    call itself was not judged (too many requests; not even `reached`): such tries never end it."""

    def __init__(
        self,
        text: str,
        *,
        retry_after: float = 1.0,
        unknown: bool = False,
        counts: bool = True,
        reached: bool = True,
    ) -> None:
        super().__init__(text)
        self.retry_after = retry_after
        self.unknown = unknown
        self.counts = counts and reached
        self.reached = reached


class Hushed(Later):
    """A silence of `seconds` is left in the chat since the effect began; its next call was not made."""

    def __init__(self, seconds: float) -> None:
        super().__init__("another call here was told to wait", retry_after=seconds, counts=False)
