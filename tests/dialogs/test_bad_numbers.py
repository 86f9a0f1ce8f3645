"""Amounts nobody can mean: each command answers, nothing moves."""

from __future__ import annotations

import pytest

from groupbot.testing import Talk
from tests.dialogs.test_redpacket import midday

COMMANDS = (
    "/redpacket {} 5",
    "/redpacket 100 {}",
    "/mypacket {} 1",
    "/award {} thanks",
    "/shop add {} 5 Cup",
    "/shop add 5 {} Cup",
    "/lottery {}points x1 1h",
    "/lottery Cup x{} 1h",
    "/contest 1h {}points Best",
    "/groupbuy {} 1h Tea",
    "/groupbuy 5 1h Tea | {}=59",
    "/event {} 1h Tasting",
    "/coupon Tea 7d {}points",
    "/activations checkin.points {}",
    "/activations redpacket.most {}",
    "/undopoints {}",
    "/calloff {}",
    "/paid {} 1",
    "/handover {}",
    "/verify {}",
)
MEANT = {"/event {} 1h Tasting": ("0",), "/activations checkin.points {}": ("0",)}  # no limit; off


@pytest.mark.parametrize("amount", ["-5", "0", "99999999999999999999", "1.5", "\u0663", "1e3"])
async def test_an_amount_nobody_can_mean_is_answered_and_moves_nothing(chat: Talk, amount: str) -> None:
    mei = chat.person("Mei", language="zh", starts=True)
    await midday(chat)
    await chat.says(chat.owner, "/activations redpacket.members on")
    said = await chat.says(mei, "hello all of you")
    before = chat.rows("SELECT kind, balance FROM account ORDER BY id")
    unanswered = []
    for command in COMMANDS:
        if amount in MEANT.get(command, ()):
            continue
        heard = len(chat.world.queries), _said(chat)
        await chat.says(chat.owner, command.format(amount), reply_to=said)
        if (len(chat.world.queries), _said(chat)) == heard:
            unanswered.append(command.format(amount))
    assert unanswered == []
    assert [t for t in chat.bot_texts() if t.startswith(("🧧", "🎁", "🧺", "📅", "🏆", "🎟"))] == []
    after = chat.rows("SELECT kind, balance FROM account ORDER BY id")
    assert [a for a in after if a[0] not in ("house", "issuer")] == [
        b for b in before if b[0] not in ("house", "issuer")
    ]  # the house has the month's points at its first need
    assert chat.rows("SELECT sum(balance) FROM account") in ([(0,)], [(None,)])
    assert chat.rows("SELECT count(*) FROM quarantine") == [(0,)]


def _said(chat: Talk) -> int:
    return sum(room.next_message for room in chat.world.chats.values())
