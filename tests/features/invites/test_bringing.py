"""Who brought a friend: by the best evidence there is, whichever update comes first; never guessed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec import structs

from groupbot.core.effects import Ask, Send
from groupbot.core.events import Invited, Joined, Link, Person
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.invites import domain, service, store
from groupbot.features.invites.service.bringing import door
from groupbot.features.members import service as members
from groupbot.features.members.domain import Started
from tests.features.invites.test_rewards import AN, HERE, LI, MEI, STAFF, URL, chat_of, goes, later, tell
from tests.features.members.group import starts

XU = Person(21, "Xu")
OWN, TILL, PLAIN = Link(URL, "ref-1"), Link("https://t.me/+till", "Till"), Link("https://t.me/+plain", None)


@pytest.fixture(autouse=True)
def named(writer: Writer) -> None:
    writer.me = structs.replace(writer.me, username="our_bot")


def payload(work: Work, invite: int = 1) -> str:
    return parse_qs(urlsplit(door(work, invite)).query)["start"][0]


def follows(writer: Writer, who: Person, invite: int = 1) -> list[str]:
    def fn(work: Work) -> list[str]:
        assert service.followed(work, Started(who.id, payload(work, invite)))
        return [str(e.template) for e in work.effects if isinstance(e, Send)]

    return writer.write(fn)


def joins(writer: Writer, who: Person, *told: dict[str, Any]) -> None:
    """One join, as each of the updates tells of it."""

    def fn(work: Work) -> None:
        work.chat = members.profiles(work)[0].chat
        for more in told:
            tell(work, Joined(at=work.now, chat=HERE, people=(who,), **{"sender": who, **more}))

    writer.write(fn)


def brought(writer: Writer) -> list[tuple[int, int, str]]:
    rows = writer.write(
        lambda w: w.sql.plain("SELECT person_id, by_id, grade FROM v_referral ORDER BY at, person_id")
    )
    return [(int(p), int(by), str(grade)) for p, by, grade in rows]


def second_link(writer: Writer) -> None:
    """Li is a member with a link too: invite 2."""

    def fn(work: Work) -> None:
        work.chat = members.profiles(work)[0].chat
        tell(work, Joined(at=work.now - timedelta(days=3), chat=HERE, people=(LI,)))
        starts(work, LI.id)
        work.chat = members.profiles(work)[0].chat
        service.mine(work, LI.id, 6)
        ref = next(e.ref for e in work.effects if isinstance(e, Ask))
        service.arrived(work, Invited(at=work.now, chat=HERE, ref=ref, url="https://t.me/+lis"))

    writer.write(fn)


def test_a_members_link_counts_before_a_hand_and_a_hand_before_a_link_to_the_bot(writer: Writer) -> None:
    chat_of(writer)
    second_link(writer)
    follows(writer, AN, 2)
    joins(writer, AN, {"link": OWN})
    follows(writer, XU, 2)
    joins(writer, XU, {"sender": MEI})
    follows(writer, Person(22, "Wu"), 2)
    joins(writer, Person(22, "Wu"), {})
    assert brought(writer) == [(AN.id, MEI.id, "exact"), (XU.id, MEI.id, "adder"), (22, LI.id, "token")]


@pytest.mark.parametrize("first", [0, 1])
def test_the_two_updates_of_a_join_may_come_in_any_order(writer: Writer, first: int) -> None:
    """The service message knows no link, the member update does."""
    chat_of(writer)
    second_link(writer)
    for who, link in ((AN, OWN), (XU, TILL)):
        follows(writer, who, 2)
        both = [{"service": True}, {"link": link}]
        joins(writer, who, both[first], both[1 - first])
    assert brought(writer) == [(AN.id, MEI.id, "exact")]
    seen = writer.write(
        lambda w: w.sql.plain(
            "SELECT person_id, source, grade FROM v_join WHERE person_id > 12 ORDER BY person_id"
        )
    )
    assert [tuple(r) for r in seen] == [(AN.id, "referral", "exact"), (XU.id, "Till", "exact")]


def test_nobody_is_guessed(writer: Writer) -> None:
    chat_of(writer)
    second_link(writer)
    follows(writer, AN, 1)
    follows(writer, AN, 2)
    joins(writer, AN, {})  # two members' links to the bot
    follows(writer, XU, 1)
    joins(writer, XU, {"link": TILL})  # a counter's
    for n, (link, sender) in enumerate(((None, None), (None, STAFF), (PLAIN, None)), 30):
        who = Person(n, "P")
        joins(writer, who, {"link": link, "sender": sender or who})
    follows(writer, MEI, 1)  # one's own
    follows(writer, Person(40, "Late"), 1)
    later(writer, days=8)
    joins(writer, Person(40, "Late"), {})
    follows(writer, Person(41, "Left"), 2)
    goes(writer, LI)
    joins(writer, Person(41, "Left"), {})  # who invited them is gone
    joins(writer, Person(42, "Asked"), {"sender": MEI, "request": True})  # who let them in
    assert brought(writer) == []
    follows(writer, Person(43, "Plain"), 1)
    joins(writer, Person(43, "Plain"), {"link": PLAIN})  # a link that says nobody's name
    assert brought(writer) == [(43, MEI.id, "token")]


def test_following_the_link_again_after_joining_leaves_the_evidence_as_it_was(writer: Writer) -> None:
    chat_of(writer)
    follows(writer, AN)
    later(writer, minutes=5)
    joins(writer, AN, {})
    later(writer, minutes=5)
    assert follows(writer, AN) == ["invites/door"]
    join = f"SELECT grade FROM v_join WHERE person_id = {AN.id}"
    assert writer.write(lambda w: w.sql.plain(join)) == [("token",)]


def test_a_friend_by_hand_or_by_the_bot_is_held_paid_and_taken_back_like_any(writer: Writer) -> None:
    chat_of(writer)
    joins(writer, AN, {"sender": MEI})
    assert follows(writer, XU) == ["invites/door"]
    joins(writer, XU, {})
    assert later(writer, days=8) == ["invites/stayed", "invites/stayed"]
    goes(writer, XU)
    states = writer.write(lambda w: w.sql.plain("SELECT state FROM v_referral ORDER BY person_id"))
    assert [s for (s,) in states] == ["paid", "back"]


def test_a_link_to_the_bot_is_sealed_ends_with_the_members_and_is_forgotten(writer: Writer) -> None:
    chat_of(writer)
    forged = domain.pack(b"other", 1)
    for wrong in ("i_", "i_x", "i_" + "A" * 40, forged, "l_abc", "i_ß"):
        assert not writer.write(lambda w, p=wrong: service.followed(w, Started(AN.id, p)))
    assert len(writer.write(payload)) <= 64
    follows(writer, AN)
    visits = "SELECT name, person_id FROM v_visit"
    assert writer.write(lambda w: w.sql.plain(visits)) == [("referral", AN.id)]
    writer.write(lambda w: members.put(w, domain.ON, False, chat=members.profiles(w)[0].chat))
    assert follows(writer, XU) == ["invites/door_shut"]

    def old(work: Work) -> int:
        work.now += timedelta(days=181)
        service.sweep(work)
        return len(work.sql.all(store.start.select()))

    assert writer.write(old) == 0
