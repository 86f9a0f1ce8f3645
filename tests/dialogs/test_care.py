"""Care as people meet it: switched on by an admin, a human for who answers, quiet for who wants it."""

from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from groupbot.testing import Talk
from tests.dialogs.test_redpacket import midday


async def test_a_newcomer_is_looked_after_until_a_human_is(chat: Talk) -> None:
    await midday(chat)
    olga = chat.owner

    def place(work: Work) -> None:
        own = members.profiles(work)[0].chat
        members.set_profile(work, own, tier="store", owner=olga)
        members.put(work, ZONE, "Asia/Shanghai", chat=own)

    await chat.app.writer.submit(place)
    await chat.says(olga, "/recipes on newcommer")
    assert chat.last(olga) == "There is no recipe “newcommer”; did you mean “newcomer”?"
    await chat.says(olga, "/recipes on newcomer")
    assert chat.last() == "「newcomer」已打开,只对以后的事有效,不补发。"
    mei = chat.person("Mei", joins=False, starts=True)
    await chat.joins(mei)
    await chat.wait(minutes=11)
    assert chat.last(mei).startswith("Welcome, Mei!")
    await chat.says(mei, "/why", private=True)
    why = chat.last(mei)
    assert why.startswith("Why I wrote to you\n· ") and why.endswith("No more of it: /quiet")
    assert "Newcomers are looked after on days 0, 1, 3 and 7, because you are in Test group" in why
    await chat.says(mei, "When do you open?", private=True)
    assert chat.last(mei) == "Thank you. I have passed it on to Olga, who will write to you in person."
    assert "When do you open?" in chat.last(olga)
    await chat.presses(olga, "Done", chat=olga)
    assert chat.last(olga) == "Thank you, noted"
    await chat.wait(days=1)
    assert chat.last(mei).startswith("Thank you. I have passed")
    await chat.says(olga, "/recipes newcomer")
    assert "由人接手 1" in chat.last()
    await chat.says(mei, "/birthday 30.1", private=True)
    assert chat.last(mei).startswith("Usage: /birthday MONTH-DAY")
    await chat.says(mei, "/birthday 1-30", private=True)
    assert chat.last(mei).startswith("Birthday: Jan 30\n")
