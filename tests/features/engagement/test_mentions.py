"""Mentions as ties: whom they name, what each message writes, and what the graph makes of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from groupbot.core.events import Chat, Message, Person
from groupbot.engine.addresses import resolve
from groupbot.engine.merging import merge_rows
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports, service
from groupbot.features.engagement.reports.answers import TIES
from groupbot.features.engagement.store import event, mention
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from groupbot.features.members.service import observe
from groupbot.features.members.store import BEFORE, membership, person, staff
from tests.conftest import START
from tests.features.members.group import group

LI, MEI, BOSS, BOT, FAR = 500, 501, 502, 503, 504
DAY = START.date()
PEOPLE = {LI: "LiLei", MEI: "HanMeimei", BOSS: "boss", BOT: "helper_bot", FAR: None}


def room(work: Work) -> Chat:
    """A group in which all of them but FAR are known; BOSS runs it."""
    work.chat = group(work)
    for number, handle in PEOPLE.items():
        row = {"id": number, "first_name": "P", "username": handle, "is_bot": number == BOT}
        work.sql.run(sa.insert(person).values(**row, seen_at=START))
        if number != FAR:
            work.add(BEFORE, work.chat, number)
    row = {"chat_id": work.chat, "person_id": BOSS, "status": "administrator", "rights": []}
    work.sql.run(sa.insert(staff).values(**row, checked_at=START))
    work.flush()
    return Chat(-1001, "supergroup", "G")


def say(work: Work, chat: Chat, who: int, at: datetime = START, number: int = 1, **more: object) -> None:
    work.zone = "Asia/Shanghai"
    told = Message(at=at, chat=chat, sender=Person(who), message_id=number, text="hi", **more)  # type: ignore[arg-type]
    work.event = told
    service.note(told, work)


def kept(work: Work) -> list[tuple[int, int, date, bool, bool]]:
    work.flush()
    rows = work.sql.all(sa.select(mention).order_by(mention.c.day, mention.c.person_id, mention.c.whom))
    return [(r.person_id, r.whom, date.fromisoformat(str(r.day)), r.staff, r.of_staff) for r in rows]


def shown(work: Work) -> list[tuple[int, int]]:
    work.flush()
    rows = work.sql.plain("SELECT person_id, whom FROM v_mention ORDER BY person_id, whom")
    return [(int(f), int(t)) for f, t in rows]


def test_a_day_has_one_row_for_each_pair_whatever_way_they_were_named(writer: Writer) -> None:
    def fn(work: Work) -> list[tuple[int, int, date, bool, bool]]:
        chat = room(work)
        say(work, chat, LI, called=(MEI, LI))  # oneself is nobody
        say(work, chat, LI, number=2, called=("hanMEIMEI", "nobody_here"))
        say(work, chat, BOSS, number=3, called=("LILEI",))
        say(work, chat, MEI, number=4, called=(BOSS,))
        say(work, chat, LI, START + timedelta(hours=8), 5, called=(MEI,))  # past midnight in Shanghai
        return kept(work)

    assert writer.write(fn) == [
        (LI, MEI, DAY, False, False), (MEI, BOSS, DAY, False, True), (BOSS, LI, DAY, True, False),
        (LI, MEI, DAY + timedelta(days=1), False, False),
    ]  # fmt: skip


def test_words_of_others_commands_edits_and_who_opted_out_make_no_tie(writer: Writer) -> None:
    def fn(work: Work) -> tuple[list[object], list[tuple[int, int]]]:
        chat = room(work)
        say(work, chat, LI, called=(MEI,), forwarded="somebody")
        say(work, chat, LI, called=(MEI,), edited=True)
        say(work, chat, LI, called=(MEI,), sender_chat=chat)
        members.wish(work, MEI, "optout", given=True)
        say(work, chat, LI, called=(MEI, "HanMeimei"))
        say(work, chat, MEI, called=(LI,))
        nothing = [*kept(work)]
        say(work, chat, LI, number=9, called=(BOT, FAR))  # no member is a bot or was never here
        say(work, chat, LI, number=9, called=("helper_bot",))
        say(work, chat, LI, number=10, called=(BOSS,))
        return nothing, shown(work)

    assert writer.write(fn) == ([], [(LI, BOSS)])


def test_what_a_rule_took_away_mentions_nobody(writer: Writer) -> None:
    def fn(work: Work) -> tuple[list[tuple[int, int]], ...]:
        chat = room(work)
        say(work, chat, LI, called=(MEI,))
        before = shown(work)
        service.removed(work, work.chat, 1)
        return before, shown(work)

    assert writer.write(fn) == ([(LI, MEI)], [])


def test_a_username_is_whose_it_was_last_and_nobody_is_asked_for_again_in_ten_minutes(writer: Writer) -> None:
    def fn(work: Work) -> list[int]:
        chat = room(work)
        found = [members.called(work, "lilei"), members.called(work, "new_name")]
        new = Message(at=START, chat=chat, sender=Person(LI, "Li", username="New_Name"), message_id=7)
        observe.note_people(new, work)
        work.flush()
        found += [members.called(work, "LiLei"), members.called(work, "new_name")]
        work.cached("members.handles").clear()
        return [*found, members.called(work, "new_name")]

    assert writer.write(fn) == [LI, 0, 0, 0, LI]


def test_ties_are_answers_and_mentions_weighed_by_days(writer: Writer) -> None:
    def fn(work: Work) -> tuple[list[tuple[int, ...]], dict[str, reports.Figure]]:
        chat = room(work)
        for n in range(6):  # ten pairs and more, all of which answer back by a mention
            for back, number in ((3, 10 * n + 1), (2, 10 * n + 2)):
                at = START - timedelta(days=back)
                _reply(work, 600 + n, 700 + n, at, number)
            say(work, chat, 700 + n, START - timedelta(days=3), 100 + n, called=(600 + n,))
            work.sql.run(sa.insert(membership).values(_stay(work, 600 + n)))
        say(work, chat, 600, START - timedelta(days=3), 200, called=(BOSS,))  # staff stands in no pair
        _reply(work, LI, MEI, START - timedelta(hours=1), 300)
        say(work, chat, LI, START - timedelta(hours=2), 301, called=(MEI,))  # the same day
        work.flush()
        ask = reports.Ask(work, work.chat, DAY - timedelta(days=27), DAY)
        rows = ask.rows(ask.sql(f"SELECT f, t, days FROM ({TIES}) e WHERE f IN (600, 700, {LI}) ORDER BY f"))
        found = {
            f.key: f for f in reports.figures(reports.Ask(work, work.chat, DAY - timedelta(days=6), DAY))
        }
        for key in ("reciprocity", "tie_days", "reply_pairs"):
            assert float(work.sql.plain(found[key].sql)[0][0]) == pytest.approx(found[key].value), key
        return [tuple(int(x) for x in r) for r in rows], found

    rows, found = writer.write(fn)
    assert rows == [(LI, MEI, 1), (600, 700, 2), (700, 600, 1)]
    assert (found["reply_pairs"].value, found["reciprocity"].value) == (13, pytest.approx(12 / 13))
    assert found["tie_days"].value == pytest.approx(19 / 13)


def _reply(work: Work, who: int, whom: int, at: datetime, number: int) -> None:
    row = {"chat_id": work.chat, "at": at, "units": 1, "staff": False}
    told = [(whom, "message", number * 1000, None), (who, "reply", number * 1000 + 1, number * 1000)]
    for one, kind, message, to in told:
        more = {"person_id": one, "kind": kind, "message_id": message, "reply_to": to}
        work.sql.run(sa.insert(event).values(**row, **more))


def _stay(work: Work, who: int) -> dict[str, object]:
    return {"chat_id": work.chat, "person_id": who, "evidence": "before", "removed": False}


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Santiago"])
def test_a_day_is_the_groups_own_over_changes_of_its_clock(writer: Writer, zone: str) -> None:
    def fn(work: Work) -> list[tuple[date, date]]:
        work.chat = group(work)
        members.put(work, ZONE, zone, chat=work.chat, by=1)
        ask = reports.Ask(work, work.chat, date(2026, 3, 1), date(2026, 11, 20))
        wrong = []
        for hour in range(24 * 260):
            at = ask.start + timedelta(hours=hour, minutes=30)
            changes = len({ask.clock(at + timedelta(days=d)).utcoffset() for d in (-1, 1)}) > 1
            if changes or hour % 31 == 0:
                sql = ask.sql(f"SELECT {{local}} FROM (SELECT {ask.when(at)} AS at) x")
                local = date.fromisoformat(str(work.sql.plain(sql)[0][0]))
                if local != ask.local(at):
                    wrong.append((local, ask.local(at)))
        return wrong

    assert writer.write(fn) == []


def test_mentions_are_forgotten_after_180_days(writer: Writer) -> None:
    def fn(work: Work) -> list[date]:
        chat = room(work)
        for back in (181, 182, 179):
            say(work, chat, LI, START - timedelta(days=back), called=(MEI,))
        work.flush()
        while service.sweep(work, most=1):
            pass
        return [r[2] for r in kept(work)]

    assert writer.write(fn) == [DAY - timedelta(days=179)]


def test_a_group_known_twice_has_each_mention_once(writer: Writer) -> None:
    def fn(work: Work) -> list[tuple[int, int, date, bool, bool]]:
        chat = room(work)
        stays = work.chat
        say(work, chat, LI, called=(MEI,))
        work.flush()
        work.chat = resolve(work, Chat(-1002, "supergroup", "G")).id
        say(work, chat, LI, called=(MEI, BOSS))
        merge_rows(work, work.chat, stays)
        return kept(work)

    assert writer.write(fn) == [(LI, MEI, DAY, False, False), (LI, BOSS, DAY, False, False)]


def test_who_is_mentioned_by_many_lies_on_their_shortest_ways(writer: Writer) -> None:
    def fn(work: Work) -> list[tuple[str, int, str]]:
        chat = room(work)
        for n in range(30):
            say(work, chat, 600 + n, START - timedelta(days=60), n + 1, called=(MEI,))
        work.flush()
        found = reports.key_people(reports.Ask(work, work.chat, DAY, DAY))
        return [(p.kind, p.person, p.evidence) for p in found]

    told = "on 100.0% of the shortest ways between two others"
    assert writer.write(fn) == [("connector", MEI, told)]


def test_a_username_is_found_by_its_index(writer: Writer) -> None:
    def fn(work: Work) -> str:
        if work.sql.dialect == "postgresql":
            work.sql.run(sa.text("SET LOCAL enable_seqscan = off"))
        word = "EXPLAIN" if work.sql.dialect == "postgresql" else "EXPLAIN QUERY PLAN"
        rows = work.sql.plain(f"{word} SELECT id FROM person WHERE lower(username) = 'x'")
        return "\n".join(str(cell) for row in rows for cell in row)

    assert "ix_person_handle" in writer.write(fn)


def test_many_names_in_one_message_are_a_list(writer: Writer) -> None:
    def fn(work: Work) -> int:
        chat = room(work)
        say(work, chat, LI, called=tuple(range(1000, 1100)))
        return len(kept(work))

    assert writer.write(fn) == 20
