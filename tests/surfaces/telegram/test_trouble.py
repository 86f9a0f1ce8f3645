"""What Telegram's words mean."""

from __future__ import annotations

import pytest
from telegram.error import BadRequest, Forbidden

from groupbot.errors import Denied, Gone
from groupbot.surfaces.telegram.trouble import trouble


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
