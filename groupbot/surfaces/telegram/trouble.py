"""What Telegram's errors mean: success in disguise, Gone, Denied or Later."""

from __future__ import annotations

from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from groupbot.errors import Denied, Gone, Later, Trouble
from groupbot.surfaces.telegram.transport import Unreached

# 400s that mean "it is already so"
FINE = (
    "message is not modified",
    "message to delete not found",
    "user_not_participant",
    "participant_id_invalid",
    "query is too old",
    "message_id_invalid",
    "hide_requester_missing",  # the join request was answered or taken back
    "user_already_participant",
    "chat_not_modified",
    "topic_not_modified",
    "message to unpin not found",
    "poll has already been closed",
)
_STATE = {
    "bot was kicked": "kicked",
    "bot is not a member": "kicked",
    "chat not found": "gone",
    "group chat was deactivated": "gone",
    "group chat was upgraded": "gone",
}
_BLOCKED = ("bot was blocked by the user", "user is deactivated", "can't initiate conversation")
_RIGHT = (  # the bot lacks a right; not: "message can't be deleted", "user is an administrator of the chat"
    "not enough rights",
    "chat_admin_required",
    "need administrator right",
    "have no right",
    "chat_write_forbidden",
)


def fine(error: TelegramError) -> bool:
    """True when the error says that what was wanted is already so."""
    text = error.message.lower()
    return isinstance(error, BadRequest) and any(f in text for f in FINE)


def trouble(error: TelegramError) -> Trouble:
    """A library error as one of ours."""
    text = error.message
    low = text.lower()
    if isinstance(error, ChatMigrated):
        return Gone(text, moved_to=error.new_chat_id)
    if isinstance(error, RetryAfter):
        wait = error._retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        return Later(text, retry_after=seconds, counts=False)
    if isinstance(error, Unreached):
        return Later(text, retry_after=2.0, reached=False)
    if isinstance(error, Forbidden | BadRequest):
        for words, state in _STATE.items():
            if words in low:
                return Gone(text, state=state)
        if any(w in low for w in _RIGHT):
            return Denied(text)
        return Gone(text, blocked=any(w in low for w in _BLOCKED))
    if isinstance(error, InvalidToken):
        return Gone("the token is not valid")
    if isinstance(error, Conflict):
        return Later(text, retry_after=3.0, counts=False)
    if isinstance(error, TimedOut | NetworkError):
        return Later(text, retry_after=2.0, unknown=True)
    if "invalid server response" in low:  # a proxy's page: nobody knows what became of the call
        return Later(text, retry_after=2.0, unknown=True)
    return Gone(text)
