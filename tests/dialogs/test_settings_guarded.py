"""What a service checks is checked by /settings and by an imported file too."""

from __future__ import annotations

from groupbot.testing import Talk


async def own(chat: Talk) -> set[str]:
    return {str(k) for (k,) in chat.rows("SELECT key FROM setting WHERE scope = 'chat'")}


async def test_conditions_and_spellings_hold_whatever_the_way(chat: Talk) -> None:
    lin = chat.person("Lin", starts=True)
    chat.world.promote(chat.id, lin, chat.owner, {"can_change_info"})
    await chat.settle()
    await chat.says(lin, "/settings silent_actions on")  # the owner's alone
    await chat.says(chat.owner, "/settings silent_actions on")  # there is no log
    await chat.says(chat.owner, "/settings captchamode quiz")  # there are no questions
    await chat.says(chat.owner, "/settings raid_auto 2")
    await chat.says(chat.owner, "/settings lock_photo later")
    assert await own(chat) & {"silent_actions", "captchamode", "raid_auto", "lock_photo"} == set()
    await chat.says(chat.owner, "/import\nsettings:\n  silent_actions: on\n  lock_photo: TMUTE 120m")
    await chat.presses(chat.owner, "Apply", chat=chat.owner)
    assert await own(chat) & {"silent_actions", "lock_photo"} == set()
    await chat.says(chat.owner, "/settings lock_photo TMUTE 120m")
    assert chat.rows("SELECT value FROM setting WHERE key = 'lock_photo'") == [('"tmute 2h"',)]
    await chat.says(chat.owner, "/settings newcomer_messages 5")
    assert "newcomer_since" in await own(chat)
