"""Comments under the posts of the linked channel: people may write them who never joined the group."""

from __future__ import annotations

from groupbot.core.events import Message
from groupbot.engine.notes import OF_MESSAGES
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import LinkedPost
from groupbot.features.rules.domain import locks
from groupbot.features.rules.domain.cases import Case
from groupbot.features.rules.domain.facts import Finding, Policy

COMMENT = "comment"
_IN = ("creator", "administrator", "member", "restricted")
_NOTES, _POSTS = "locks", f"{OF_MESSAGES}posts"
_KEPT = 50  # posts of the channel whose comments are known by their thread; the first answers always are


def posted(work: Work, post: LinkedPost) -> None:
    """A post of the linked channel arrived: what hangs on it are comments."""
    notes = work.notes(_NOTES)
    notes.set(_POSTS, [*notes.get(_POSTS, []), post.message][-_KEPT:])


def check(work: Work, event: Message, policy: Policy) -> Finding | None:
    """A comment of somebody who is not known to be in the group. Telegram is asked of those nobody knows;
    `cleared` lets members pass then."""
    sender = event.sender
    if sender is None or sender.is_bot or event.sender_chat is not None or not event.reply_to:
        return None
    if not event.reply_automatic and event.thread not in work.notes(_NOTES).get(_POSTS, ()):
        return None
    fact = members.standing(work, work.chat, sender.id)
    if members.joined_at(work, work.chat, sender.id) is not None or (fact is not None and fact[0] in _IN):
        return None
    found: Finding = policy.locks.finding(COMMENT, COMMENT)
    return found


def cleared(case: Case, status: str) -> bool:
    """Telegram said what a commenter is: one of the group, who may write here."""
    return case.rule == locks.ID and case.carrier == COMMENT and status in _IN
