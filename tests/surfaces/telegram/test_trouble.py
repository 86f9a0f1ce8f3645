"""What Telegram's words mean."""

from __future__ import annotations

import pytest
from telegram.error import BadRequest, Forbidden

from groupbot.errors import Denied, Gone
from groupbot.surfaces.telegram.trouble import fine, trouble


@pytest.mark.parametrize(
    "text",
    [
        "Not enough rights to restrict/unrestrict chat member",
        "CHAT_ADMIN_REQUIRED",
        "Need administrator rights in the channel chat",
        "have no rights to send a message",
        "CHAT_WRITE_FORBIDDEN",
    ],
)
def test_a_missing_right_is_denied(text: str) -> None:
    assert type(trouble(BadRequest(text))) is Denied


@pytest.mark.parametrize(
    "text",
    [
        "Message can't be deleted",
        "Message can't be deleted for everyone",
        "User is an administrator of the chat",
        "Can't remove chat owner",
        "Can't restrict self",
        "Method is available only for supergroups",
    ],
)
def test_what_no_right_would_change_is_gone_and_says_nothing_of_the_chat(text: str) -> None:
    found = trouble(BadRequest(text))
    assert isinstance(found, Gone)
    assert (found.state, found.moved_to) == ("", 0)


def test_a_bot_thrown_out_is_gone_with_its_chat() -> None:
    found = trouble(Forbidden("bot was kicked from the supergroup chat"))
    assert isinstance(found, Gone)
    assert found.state == "kicked"


@pytest.mark.parametrize(
    "text",
    [
        "Message is not modified: specified new message content is exactly the same",
        "Message to delete not found",
        "USER_NOT_PARTICIPANT",
        "Query is too old and response timeout expired or query ID is invalid",
    ],
)
def test_what_is_so_already_is_no_trouble(text: str) -> None:
    assert fine(BadRequest(text))
    assert not fine(Forbidden(text))


@pytest.mark.parametrize(
    "text",
    ["bot was blocked by the user", "user is deactivated", "bot can't initiate conversation with a user"],
)
def test_who_cannot_be_reached_any_more_is_remembered_as_such(text: str) -> None:
    found = trouble(Forbidden(f"Forbidden: {text}"))
    assert isinstance(found, Gone)
    assert (found.blocked, found.state) == (True, "")
