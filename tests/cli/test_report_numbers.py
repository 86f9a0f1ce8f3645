"""Every number of `groupbot report` and of its parts comes again by the SQL printed beside it."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import fmean, median
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from groupbot.core.events import Message, Reaction
from groupbot.engine.clock import Clock, chance
from groupbot.engine.migrate import head
from groupbot.engine.reader import looking
from groupbot.engine.sql import write_bulk
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.bridges.domain import days_of
from groupbot.features.campaigns import store as campaigns
from groupbot.features.engagement import reports, service
from groupbot.features.engagement import store as record
from groupbot.features.engagement.domain import measures
from groupbot.features.engagement.domain.measures import DEFINITIONS
from groupbot.features.engagement.reports.asking import came
from groupbot.features.invites.store import invite, referral
from groupbot.features.journey import service as journey
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import issuer, member
from groupbot.features.links.store import link, visit
from groupbot.features.members import service as members
from groupbot.features.members.service.wishes import BRIDGE
from groupbot.features.members.store import membership
from groupbot.features.orders import service as orders
from groupbot.features.orders.domain import Line, together
from groupbot.features.promos import store as promos
from groupbot.features.promos.domain import Audience, Plan
from groupbot.features.scenes import store as scenes
from groupbot.features.stores import service as stores
from tests.cli.told import teller
from tests.conftest import START
from tests.features.engagement.test_figures import CAST, ROOM, four_weeks
from tests.features.engagement.test_library_report import responded
from tests.features.members.group import group
from tests.features.promos.test_publish import chats

LAST = START.date()
KNOWN = 23  # twelve from before, and eleven of twelve who joined
CAMPAIGN = """
- name: Lanterns
  reason: new tea
  audience: stores
  start: 2027-01-01
  end: 2027-02-03
  contact: "@zhou"
  stop: {leaves: 2%, complaints: 5}
  phases: [{name: taste}]
  chain: [spread, sell]
"""
PLAN = Plan("x", Audience("stores"), ("promos/notice",), datetime(2027, 1, 1), campaign="Lanterns/taste")


def lived(work: Work) -> None:
    """Four weeks of a store's group, a second group, orders, links, friends brought, a campaign."""
    one = group(work, ROOM.id, ROOM.title)
    two = group(work, -1002, "Parents")
    four_weeks(work)
    work.chat = one
    for chat in (one, two):
        members.set_profile(work, chat, tier="store")
        work.chat = chat
        stores.pair(work, "West Lake")
    work.chat = one
    for n in range(3):  # what the openers of the last days got from somebody else
        at = START - timedelta(hours=5 + n)
        said = Message(at=at, chat=ROOM, sender=CAST[n], message_id=9000 + n, text="so it is", reply_to=1)
        liked = Reaction(at=at, chat=ROOM, sender=CAST[n + 1], message_id=9000 + n, after=("👍",))
        for event in (said, liked):
            work.event = event
            work.step(service.note, event)
    work.flush()
    for n in range(3):
        write_bulk(work.sql, record.DAYS, [(two, LAST - timedelta(days=1), 500 + n, False, 1, 0, 0, 0)])
        members.wish(work, 500 + n, BRIDGE, True)
    for n in range(12):
        row = {"chat_id": one, "person_id": 600 + n, "evidence": "before", "removed": False}
        work.sql.run(sa.insert(membership).values(**row))
    friend = {"chat_id": one, "by_id": 500, "due": START, "points": 0, "left_at": None}
    for person, back, state in ((502, 20, "paid"), (503, 19, "paid"), (510, 18, "left")):
        at = START - timedelta(days=back)
        work.sql.run(sa.insert(referral).values(**friend, person_id=person, at=at, state=state))
    now, work.now = work.now, START
    ledger.transfer(work, "k", "checkin", (issuer(one), -7), (member(one, 500), 7))
    work.now = now
    for n, minute in enumerate((0, 0, 1)):  # two of the staff, three acts in two minutes
        row = {
            "chat_id": one,
            "at": START - timedelta(minutes=9 + minute, seconds=n),
            "person_id": 77 + n % 2,
        }
        work.sql.run(sa.insert(record.event).values(**row, kind="message", units=1, staff=True))
    row = {"name": "Till", "counter": "Till", "shift": "", "url": "u", "by_id": 1, "owner_id": 0}
    work.sql.run(sa.insert(invite).values(**row, chat_id=one, at=START))
    work.sql.run(
        sa.update(membership)
        .where(membership.c.chat_id == one, membership.c.person_id < 504)
        .values(link_name="Till", evidence="link")
    )
    work.sql.run(sa.insert(link).values(id=1, name="Lanterns/taste/x", url="https://a.b", at=START))
    at = START - timedelta(hours=2)
    for person in (600, 901):
        row = {"link_id": 1, "chat_id": one, "person_id": person, "times": 2}
        work.sql.run(sa.insert(visit).values(**row, at=at + timedelta(minutes=9)))
    work.sql.run(campaigns.KEEP, name="Lanterns", state="live", phase=0, at=at, members=12)
    row = {"name": "Spring", "what": "speed", "key": "then", "detail": "3|100|2", "by_id": None}
    work.sql.run(campaigns.NEW_WORD, **row, at=at - timedelta(days=60))
    spec = msgspec.json.encode(PLAN).decode()
    row = {"name": "x", "source": "x", "spec": spec, "hash": "", "state": "live", "loaded_at": at}
    work.sql.run(sa.insert(promos.plan).values(**row, id=1))
    row = {"chat_id": one, "plan_id": 1, "due": at, "state": "said", "kind": "other", "zone": "UTC"}
    work.sql.run(sa.insert(promos.plan_slot).values(**row, at=at + timedelta(minutes=1)))
    orders.know(work, [("TEA", "Tea", True)])
    lines = [
        Line(
            f"{n}", "store", START - timedelta(days=n % 80), f"c{n % 11}", "TEA", 1, 100, "done", "West Lake"
        )
        for n in range(40)
    ]
    orders.bring(work, list(together(lines).values()))
    for person, (_, code) in enumerate(orders.codes(work, [f"c{n}" for n in range(11)]), 500):
        orders.bind(work, person, code)


def night(work: Work) -> bool:
    """The one after the last day."""
    work.now = START + timedelta(days=1)
    found = list(journey.due(work))
    return bool([journey.keep(work, one) for one in found])


def cell(rows: list[Any]) -> float | None:
    return None if rows[0][0] is None else float(rows[0][0])


def as_day(value: Any) -> date:
    return date.fromisoformat(str(value)[:10])


def test_every_number_of_every_report_comes_again_by_the_sql_beside_it(
    db_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four weeks of two groups of a store: what JSON tells is asked again as its reader would."""
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", db_url)
    (tmp_path / "content_templates" / "plans" / "campaigns").mkdir(parents=True)
    (tmp_path / "content_templates" / "plans" / "campaigns" / "a.yaml").write_text(CAMPAIGN, "utf-8")
    (tmp_path / "content_templates" / "plans" / "audiences.yaml").write_text("stores: {tier: store}\n")
    monkeypatch.setattr("groupbot.cli._guest.current", lambda _: head())
    monkeypatch.setattr(Clock, "now", lambda _: START)  # the command looks at it for what is due
    writer = Writer(db_url, bot_id=700000001, rng=chance(5))
    writer.write(lived)
    while writer.write(night):
        pass
    writer.close()

    told = teller(tmp_path, capsys)
    until = ("--until", str(LAST))
    one, two = json.loads(told("--json", *until))
    (store,) = json.loads(told("stores", "--json", *until))
    (people, _) = json.loads(told("people", "--json", *until))
    bridges = json.loads(told("bridges", "--json"))
    (campaign,) = json.loads(told("campaigns", "--json"))
    with looking(db_url) as work:
        plain = work.sql.plain
        clock = reports.Ask(work, one["chat_id"], LAST, LAST)
        figures = [*one["figures"], *two["figures"], *store["figures"]]
        for f in figures:
            rows = plain(f["sql"])
            if f["how"]:
                assert f["value"] is None or rows, f["key"]
            elif f["value"] is not None:
                assert float(rows[0][0] or 0) == pytest.approx(f["value"]), f["key"]
            if f["n_sql"] and f["n"]:
                assert int(plain(f["n_sql"])[0][0] or 0) == f["n"], f["key"]
            if f["before"] is not None:
                rows = plain(f["before_sql"])
                assert (f["how"] and rows) or float(rows[0][0] or 0) == pytest.approx(f["before"]), f["key"]
            shared = f["unit"] == "share" and f["value"] is not None
            assert not shared or f["n_sql"] or f["how"], f["key"]
        assert one["definitions"] == DEFINITIONS
        page = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text("utf-8")
        assert int(re.findall(r"Version (\d+): ", page)[0]) == DEFINITIONS
        assert [f["key"] for f in figures if not re.search(rf"\b{f['key']}\b", page)] == []
        assert sum(f["value"] is not None for f in figures) > 60
        assert sum(f["before"] is not None for f in figures) > 80
        assert [one["coverage"]["known"], one["coverage"]["members"]] == [*plain(one["sql"]["coverage"])[0]]
        assert [[*b.values()] for b in one["bars"]] == [[*r] for r in plain(one["sql"]["bars"])]
        assert sum(b["messages"] for b in one["bars"]) == one["figures"][0]["value"]
        assert sum(p["due"] for p in one["plans"]) == sum(int(r[3]) for r in plain(one["sql"]["plans"]))
        span = [tuple(r) for r in plain(one["sql"]["sources_of_span"])]
        assert [tuple(s.values()) for s in one["sources_of_span"]] == span
        spent = {f["key"]: f["value"] for f in one["figures"]}
        assert (spent["points_paid"], spent["staff_minutes"]) == (7, 3)
        asked = {k: plain(q) for k, q in one["sql"].items()}
        for table in ("messages_a_day", "people_a_day"):
            days = {str(d)[:10]: n for d, n in asked[table]}
            month = [str(LAST - timedelta(days=27 - n)) for n in range(28)]
            assert one[table] == [days.get(d, 0) for d in month]
            assert sum(one[table]) > 0
        assert sum(map(sum, one["hours_of_the_week"])) == sum(n for _, n in asked["hours_of_the_week"])
        firsts = {}
        for first, _, n in asked["kept"]:
            firsts.setdefault(int(first), []).append(int(n))
        kept = [k["active"] for k in one["kept"]]
        assert kept == [row for _, row in sorted(firsts.items()) if row[0] >= 10] != []
        assert [tuple(s.values()) for s in one["sources"]] == [tuple(r) for r in asked["sources"]] != []
        assert [tuple(t.values()) for t in one["touches"]] == [tuple(r) for r in asked["touches"]] != []
        posts = {r[1]: r[3:7] for r in asked["posts"]}
        assert [(p["presses"], p["replies"], p["reactions"], p["people"]) for p in one["posts"]] == [
            tuple(int(v or 0) for v in posts[p["ref"]]) for p in one["posts"]
        ]
        left = [clock.at(r[0]) for r in asked["posts_left"]]
        hour = timedelta(hours=1)
        for p in one["posts"]:
            at = datetime.fromisoformat(p["at"])
            assert p["leaves"] == sum(at <= g < at + hour for g in left)
        joined = {p: clock.local(clock.at(at)) for p, at in asked["cohorts_joins"]}
        for c in one["cohorts"]:
            week = {p: d for p, d in joined.items() if str(d - timedelta(days=d.weekday())) == c["week"]}
            assert c["joined"] == len(week)
            for k, n in enumerate(c["active"]):
                seen = {
                    p for p, d in asked["cohorts_days"] if p in week and (as_day(d) - week[p]).days // 7 == k
                }
                assert n == len(seen)
        assert any(c["active"] for c in one["cohorts"])
        # the score: its weeks' numbers by their SQL, then the arithmetic of docs/metrics.md
        lived_ = one["weeks"][-len(one["health_sql"]) :]
        assert [int(plain(q["active"])[0][0]) for q in one["health_sql"]] == lived_
        for shares, q in zip(one["shares"], one["health_sql"], strict=True):
            part = {k: cell(plain(q[k])) for k in q if not k.startswith("retention")}
            answered = None if part["newcomers_unanswered"] is None else 1 - part["newcomers_unanswered"]
            for name, parts in (
                ("newcomers", (part["activated"], answered)),
                ("reciprocity", (part["reciprocity"],)),
                ("governance", (part["plan_kept"],)),
            ):
                known = [v for v in parts if v is not None]
                assert shares[name] is None or shares[name] in [
                    pytest.approx(v) for v in (*known, fmean(known))
                ]
            lost = sum(part[k] or 0 for k in ("removed", "complaints", "commerce"))
            assert shares["cleanliness"] in (None, pytest.approx(1 - lost))
            assert shares["activity"] == pytest.approx(part["active"] / KNOWN)
        assert plain(one["health_sql"][-1]["tier"])[0][0] == len(one["tier"]) == 0
        score = measures.health(one["shares"], KNOWN, None, one["tier"])
        assert (score[0] if score else None) == one["health"]
        assert measures.stage(lived_, KNOWN) == one["stage"]
        bands = [(kind, int(r[0]), int(r[1])) for kind, q in one["rfm_sql"].items() for r in plain(q)]
        assert [(b["kind"], b["band"]) for b in one["rfm"]] == [b[:2] for b in bands]
        assert all(b["people"] in (None, n) for b, (_, _, n) in zip(one["rfm"], bands, strict=True))
        assert {k: len(plain(q)) > 0 for k, q in people["sql"].items()} == dict.fromkeys(people["sql"], True)
        assert people["people"]
        helped = {(int(r[0]), int(r[2]) + int(r[3])) for r in plain(people["sql"]["maven"])}
        assert all((p["person"], p["score"]) in helped for p in people["people"] if p["kind"] == "maven")
        both = days_of(plain(bridges["sql"]))
        assert [o["both"] for o in bridges["overlaps"]] == [sum(len(v) == 2 for v in both.values())] == [3]
        love: dict[int, float] = {}
        for person, week, worth in plain(people["sql"]["love_weeks"]):
            age = (LAST - as_day(week) - timedelta(days=6)).days // 28
            love[person] = love.get(person, 0) + worth * 0.9**age
        alone = [p for p in people["people"] if p["person"] != 500]  # who brought friends
        assert [p["love"] for p in alone] == [pytest.approx(love[p["person"]], abs=0.06) for p in alone] != []
        firsts_of: dict[str, dict[int, date]] = {}
        for person, _, state, day, grade, _ in plain(one["journey"]["sql"]):
            for kind in (state, f"{state} {grade}"):
                firsts_of.setdefault(kind, {}).setdefault(person, as_day(day))
        told_ways = [p for p in one["journey"]["passages"] if p["n"] is not None]
        for p in told_ways:
            who = firsts_of[f"{p['before']} {p['grade']}".strip()]
            done = [(firsts_of[p["after"]][x] - d).days for x, d in who.items() if x in firsts_of[p["after"]]]
            assert (p["n"], p["done"], p["waiting"]) == (len(who), len(done), len(who) - len(done))
        assert [(p["before"], p["after"]) for p in told_ways if not p["grade"]] == [
            ("joined", "activated"), ("activated", "regular"), ("regular", "advocate"),
            ("activated", "lapsed"),
        ]  # fmt: skip
        (mark,) = campaign["marks"]
        assert mark["audience"] == plain(mark["sql"]["audience"])[0][0] == KNOWN
        assert [c["link"] for c in campaign["chain"]] == ["spread", "sell"]  # connect was not declared
        steps = [s for c in campaign["chain"] for s in c["steps"]]
        assert [s["n"] for s in steps] == [plain(s["sql"])[0][0] for s in steps] == [KNOWN, 0, 1, 2, 0]
        covered = plain(mark["sql"]["coverage"])[0]
        assert (mark["known"], mark["counted"]) == (covered[0], covered[1]) == (0, None)
        assert mark["grade"] == "?"
        assert mark["how"].startswith(f"{mark['level']}. L4: L3, unasked joins 2 times the usual")
        again = {r[0]: tuple(int(x or 0) for x in r[2:7]) for r in plain(mark["groups_sql"])}
        fields = ("audience", "engaged", "outside", "converted", "sharers")
        assert {g["chat_id"]: tuple(g[f] for f in fields) for g in mark["groups"]} == again
        assert [(g["title"], g["few"], g["audience"], g["outside"]) for g in mark["groups"]] == [
            (ROOM.title, False, KNOWN, 1), ("Parents", True, 0, 0),
        ]  # fmt: skip
        assert mark["outside"] == len(plain(mark["sql"]["outside"])) == 1
        why, hour = campaign["reason"], campaign["first_hour"]
        counts = {k: int(plain(q)[0][0]) for k, q in why["sql"].items()}
        assert counts == {"members": why["members"], "clicks": why["came"], "orders": why["orders"]}
        assert (why["reason"], why["place"], why["members"], why["came"], why["came_of_100"]) == (
            "new tea", 1, 12, 2, 16.7,
        )  # fmt: skip
        assert (why["usual"], why["others"]) == (None, 0)
        counts = {k: int(plain(q)[0][0]) for k, q in hour["sql"].items() if k != "kept"}
        assert counts == {"people": hour["people"], "members": hour["members"]}
        kept = [d.split("|") for _, d in plain(hour["sql"]["kept"])]
        assert kept == [["3", "100", "2"]]
        assert (hour["of_100"] > 0, hour["usual"], hour["others"]) == (True, 3.0, 1)
    if not db_url.startswith("sqlite"):
        return  # the words are the same
    for words, queries in (
        (
            until,
            [
                one["journey"]["sql"],
                *one["sql"].values(),
                one["health_sql"][-1]["active"],
                *(f["sql"] for f in one["figures"]),
            ],
        ),
        (("stores", *until), [f["sql"] for f in store["figures"]]),
        (("people", *until), list(people["sql"].values())),
        (("bridges",), [bridges["sql"]]),
        (
            ("campaigns",),
            [mark["groups_sql"], *mark["sql"].values(), *why["sql"].values(), *hour["sql"].values()],
        ),
    ):
        said = told(*words, "--sql")
        assert [q for q in queries if f"{q};" not in said] == []
    said = told("campaigns")
    assert said.split("\n")[1:3] == [
        "  reason: new tea: 16.7 of 100 came (2 of 12), 0 of them ordered, fourteen days are not over",
        "  first hour: 8.7 of 100 members (2 of 23 in 1 group); the median of 1 other before it: 3.0",
    ]
    path = tmp_path / "content_templates" / "plans" / "campaigns" / "a.yaml"
    path.write_text(CAMPAIGN.replace("name:", "nmae:", 1), "utf-8")
    (gone,) = json.loads(told("campaigns", "--json"))
    assert (gone["campaign"], gone["marks"], gone["chain"]) == ("Lanterns", [], [])
    assert gone["lost"].startswith(f"no file has it; what does not fit: {path}:")
    path.unlink()
    first = said.partition("\n")[0]
    assert told("campaigns") == f"{first}\n  not told: no file has it: its file is gone\n"


def carded(work: Work) -> None:
    """A month ago: posts of the library with what came of them; scene cards said, counted and held."""
    work.now -= timedelta(days=30)
    responded(work)
    one = work.chat
    for n, (scene, state, reason) in enumerate(
        (
            ("tea", "said", None),
            ("tea", "said", None),
            ("tea", "held", "quiet"),
            ("tea", "shadow", None),
            ("tea green", "said", None),
        )
    ):
        row = {"chat_id": one, "person_id": 100 + n, "scene": scene, "state": state, "reason": reason}
        at = work.now - timedelta(days=n)
        number = work.sql.returning(scenes.SHOW, **row, at=at, day=at.date())[0].id
        for person in (120, 121)[: max(0, 2 - n)]:  # too much for two people, then for one
            work.sql.run(scenes.ENOUGH, show_id=number, person_id=person, at=work.now)
    for n, name in enumerate(("scene/tea", "scene/tea green"), 1):
        work.sql.run(sa.insert(link).values(id=n, name=name, url="https://a.b", at=work.now))
        for person in range(130, 130 + n):
            row = {"link_id": n, "chat_id": one, "person_id": person, "times": 3, "at": work.now}
            work.sql.run(sa.insert(visit).values(**row))


def half_of(waits: list[float]) -> float:
    return sorted(waits)[(len(waits) - 1) // 2]


def test_what_library_and_scenes_tell_comes_again_by_the_sql_beside_it(
    db_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUPBOT_DATABASE_URL", db_url)
    monkeypatch.setattr("groupbot.cli._guest.current", lambda _: head())
    writer = Writer(db_url, bot_id=700000001, rng=chance(5))
    chats(writer)
    writer.write(carded)
    writer.close()

    told = teller(tmp_path, capsys)

    def printed(part: str) -> list[Any]:
        sql = told(part, "--sql").splitlines()[-1].strip().removesuffix(";")
        with looking(db_url) as work:
            return [tuple(row) for row in work.sql.plain(sql)]

    groups: dict[tuple[str, str], list[Any]] = {}
    for row in printed("library"):
        groups.setdefault((row[1], row[2]), []).append(row)
    assert sorted(groups) == [("text", "smooth"), ("video", "amplify")]
    library = json.loads(told("library", "--json"))["rows"]
    for r in library:
        waits: dict[Any, list[float]] = {}
        kinds, people = [], set()
        for _, _, _, chat, message, at, acted, kind, person in groups.pop((r["medium"], r["job"])):
            post = waits.setdefault((chat, message), [])
            hours = None if acted is None else (came(acted) - came(at)).total_seconds() / 3600
            if hours is not None and hours <= 14 * 24:
                post.append(hours)
                kinds.append(kind)
                people.add(person)
        tens = [half_of(post) for post in waits.values() if len(post) >= 10]
        assert r == {
            "medium": r["medium"],
            "job": r["job"],
            "name": "",
            "posts": len(waits),
            "presses": kinds.count("tap") + kinds.count("vote"),
            "replies": kinds.count("reply"),
            "reactions": kinds.count("reaction"),
            "people": len(people),
            "half_life": median(tens) if tens else None,
        }
    assert groups == {}
    assert [r["half_life"] for r in library] == [5.0, None]
    (one,) = json.loads(told("scenes", "--json"))
    found: dict[str, dict[str, Any]] = {}
    for title, name, state, reason, cards, complaints, people_came in printed("scenes"):
        assert title == one["group"]
        new = {"name": name, "said": 0, "shadow": 0, "held": {}, "taps": 0, "complaints": 0, "state": "gone"}
        scene = found.setdefault(name, new)
        scene["complaints"] += int(complaints)
        if state == "held":
            scene["held"][reason] = cards
        else:
            scene[state] = cards
        scene["taps"] = int(people_came)
    known = {s["name"]: s for s in one["scenes"]}
    assert {n: known[n] for n in found} == found
    assert (found["tea"]["said"], found["tea"]["taps"], found["tea"]["complaints"]) == (2, 1, 3)
