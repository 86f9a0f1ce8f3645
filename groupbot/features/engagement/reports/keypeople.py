"""Ten people a group leans on, for its operators only: connectors, mavens, salesmen. Nobody is ranked in public."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from groupbot.features.engagement.domain import graph
from groupbot.features.engagement.reports.answers import TIES
from groupbot.features.engagement.reports.asking import Ask
from groupbot.features.members import service as members

MOST, DAYS = 10, 90
PRIOR = (1, 4)  # friends who stayed, friends who did not: what is believed before the first


THANKED = "answers others thanked for: {helped} (people: {people})"
REACTED = "answers others reacted to: {helped} (people: {people})"
Why = tuple[str, dict[str, Any]]


class KeyPerson(Struct, frozen=True):
    """`kind`: connector (share of shortest ways, more with each other group they bridge to), maven (answers
    others thanked for or reacted to, by topic), salesman (friends who stayed or ordered, shrunk). `why`: English texts
    with what stands in their braces."""

    kind: str
    person: int
    name: str
    score: float
    why: tuple[Why, ...]

    @property
    def evidence(self) -> str:
        """In English words."""
        return ", ".join(text.format(**values) for text, values in self.why)


def questions(ask: Ask) -> dict[str, str]:
    """The SQL of each kind, over the 90 days that end with the span."""
    span = ask.back(DAYS)
    return {
        "connector": span.sql(f"SELECT f, t FROM ({TIES}) q ORDER BY f, t"),
        # other groups in which they are at home: of who agreed to be on the map, as for /bridges
        "bridging": span.sql(
            "SELECT d.person_id, COUNT(DISTINCT d.chat_id), COUNT(*) FROM v_member_day d JOIN v_bridge b"
            " ON b.person_id = d.person_id WHERE d.chat_id <> {id} AND NOT d.staff"
            f" AND d.day BETWEEN '{span.first}' AND '{span.last}' AND d.messages + d.reactions > 0"
            " AND d.person_id IN (SELECT person_id FROM v_member_day WHERE {days} AND NOT staff"
            " AND messages + reactions > 0) GROUP BY d.person_id ORDER BY d.person_id"
        ),
        "maven": span.sql(
            "SELECT a.person_id, a.topic, COUNT(DISTINCT a.message_id) AS helped,"
            " COUNT(DISTINCT CASE WHEN r.kind = 'thanks' THEN a.message_id END) AS thanked,"
            " COUNT(DISTINCT r.person_id) AS people, MAX(t.title) AS title"
            " FROM v_act a JOIN v_event r ON r.chat_id = a.chat_id"
            " AND r.message_id = a.message_id AND r.kind IN ('reaction', 'thanks') AND NOT r.staff"
            " AND r.person_id <> a.person_id LEFT JOIN v_topic t ON t.chat_id = a.chat_id AND t.topic = a.topic"
            " WHERE a.chat_id = {id} AND a.kind = 'reply' AND a.at >= {start} AND a.at < {end}"
            " AND r.at >= {start} AND r.at < {end} GROUP BY a.person_id, a.topic ORDER BY a.person_id"
        ),
        "salesman": span.sql(
            "SELECT by_id, COUNT(*) AS came, SUM(stayed) AS stayed, SUM(ordered) AS ordered,"
            " SUM(CASE WHEN stayed + ordered > 0 THEN 1 ELSE 0 END) AS either FROM (SELECT r.by_id,"
            " CASE WHEN r.state IN ('paid', 'capped') THEN 1 ELSE 0 END AS stayed, CASE WHEN EXISTS (SELECT 1"
            " FROM v_order o WHERE o.person_id = r.person_id AND o.at >= r.at) THEN 1 ELSE 0 END AS ordered"
            " FROM v_referral r WHERE {times} AND r.state <> 'held') f GROUP BY by_id ORDER BY by_id"
        ),
        "gone": ask.sql(
            "SELECT person_id FROM v_member WHERE {chat} GROUP BY person_id HAVING COUNT(*) = COUNT(left_at)"
        ),
    }


def key_people(ask: Ask) -> list[KeyPerson]:
    """At most ten of who is here: the best of each kind in turn; ties by id. Who opted out was never counted."""
    asked = questions(ask)
    gone = {int(p) for (p,) in ask.rows(asked["gone"])}
    ways = graph.betweenness([(int(f), int(t)) for f, t in ask.rows(asked["connector"])])
    bridging = {int(p): (int(n), int(days)) for p, n, days in ask.rows(asked["bridging"])}
    found = {
        "connector": [
            (ways.get(p, 0.0) * (1 + n) + n * days / 10_000, p, _between(ways.get(p, 0.0), n, days))
            for p in sorted(({p for p, x in ways.items() if x > 0} | bridging.keys()) - gone)
            for n, days in [bridging.get(p, (0, 0))]
        ],
        "maven": _mavens([r for r in ask.rows(asked["maven"]) if int(r[0]) not in gone]),
        "salesman": [
            ((s + PRIOR[0]) / (n + sum(PRIOR)) * either, int(p),
             (("{stayed} of {came} friends stayed", {"stayed": s, "came": n}), *_if(o, "{n} ordered")))
            for p, n, s, o, either in ask.rows(asked["salesman"]) if either and int(p) not in gone
        ],
    }  # fmt: skip
    lines = {
        kind: rows if kind == "maven" else sorted(rows, key=lambda r: (-r[0], r[1]))
        for kind, rows in found.items()
    }
    made: list[KeyPerson] = []
    for place in range(MOST):
        for kind, rows in lines.items():
            if place < len(rows) and len(made) < MOST:
                score, person, why = rows[place]
                if person > 0 and not members.opted_out(ask.work, person):
                    made.append(KeyPerson(kind, person, members.name(ask.work, person), score, why))
    return made


def _if(n: int, text: str) -> tuple[Why, ...]:
    return ((text, {"n": n}),) if n else ()


def _mavens(rows: Sequence[Any]) -> list[tuple[float, int, tuple[Why, ...]]]:
    """Each with the topic they help most in; first the best of every topic, then the seconds. The score is
    answers that helped, those with thanks twice."""
    place: dict[int | None, int] = {}
    found: dict[int, tuple[int, float, int, tuple[Why, ...]]] = {}
    best = sorted(rows, key=lambda r: (-int(r[2]) - int(r[3]), r[0], r[1] or 0))
    for person, topic, helped, thanked, people, title in best:
        if int(person) in found:
            continue
        place[topic] = place.get(topic, 0) + 1
        text = THANKED if thanked == helped else REACTED
        why: tuple[Why, ...] = ((text, {"helped": helped, "people": people}),)
        why += _if(thanked, "{n} with thanks") if thanked < helped else ()
        why += (("in topic {topic}", {"topic": title or topic}),) if topic is not None else ()
        found[int(person)] = (place[topic], float(helped + thanked), int(person), why)
    return [r[1:] for r in sorted(found.values(), key=lambda r: (r[0], -r[1], r[2]))]


def _between(share: float, groups: int, days: int) -> tuple[Why, ...]:
    on = (("on {share}% of the shortest ways between two others", {"share": f"{100 * share:.1f}"}),)
    there = (("active elsewhere: groups {groups}, days {days}", {"groups": groups, "days": days}),)
    return (on if share else ()) + (there if groups else ())
