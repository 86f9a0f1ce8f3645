"""What members and staff say about themselves and their store, in one conversation."""

from __future__ import annotations

from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.features.attitude import store as attitude
from groupbot.features.stores import service as stores
from groupbot.testing import Talk


def asked(work: Work) -> None:
    """A month's question that forty answered."""
    key = {"chat": work.sql.plain("SELECT id FROM chat WHERE type = 'supergroup'")[0][0], "the_month": 202601}
    work.sql.run(attitude.ASK, **key, subject="tea", becomes="open", at=work.now, until=work.now)
    votes = {"n_unaware": 4, "n_knows": 10, "n_agrees": 20, "n_subscribes": 6}
    work.sql.run(attitude.COUNT, **key, is_final=True, **votes)
    work.sql.run(attitude.CLOSE, **key, becomes="closed", at=work.now, were_here=180)


def another_of_the_store(work: Work) -> None:
    place = resolve(work, Chat(-1009, "supergroup", "Parents"))
    work.chat = place.id
    stores.pair(work, "West Lake")


async def test_store_bridge_role_and_bind_answer_whom_they_concern(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    await chat.says(chat.owner, "/store West Lake")
    assert chat.last() == "本群属于「West Lake」。\n柜台二维码:/qr 柜台 / 班次"
    await chat.app.writer.submit(another_of_the_store)
    await chat.says(chat.owner, "/store")
    assert chat.last().startswith("本群属于「West Lake」。同店还有 1 个群。\n")  # before all: not which
    await chat.says(mei, "/bridge on", private=True)
    assert chat.last(mei).startswith("Good: where you are active in several of our groups")
    await chat.says(mei, "/role me")
    assert chat.last(mei).startswith("Test group\nIn these 28 days you mostly read, which is fine.")
    await chat.says(mei, "/bind K7M2QXA9PD", private=True)
    assert chat.last(mei).startswith("This code is not right")
    await chat.says(mei, "/bind", private=True)
    assert chat.last(mei).startswith("You are not bound to a customer")
    await chat.says(mei, "/bridges", private=True)
    assert "operator" in chat.last(mei)
    await chat.app.writer.submit(asked)
    await chat.says(chat.owner, "/review month")
    goals, ways, question = chat.bot_texts(chat.owner)[-3:]
    assert ways.endswith("Not counted yet: it is done each night, look again tomorrow.")
    assert "two goals\n\nEfficiency\nhalf acknowledged a notice within: too few (fewer than 10)" in goals
    assert question.startswith(
        "The month’s question · Test group · off\nIt asks about: “Test group” (nothing"
    )
    assert (
        "\n\n2026-01 (about “tea”) · 40 answered of 180 members, 22 %\n"
        "Know it: 90 % (77–96 %) · 36 people\nAgree: 65 % (50–78 %) · 26 people\n"
    ) in question
