"""The topics of a forum beside each other: where people talk, and where nobody answers."""

from __future__ import annotations

from msgspec import Struct

from groupbot.features.engagement.reports.answers import FIRST_ANSWER, QUESTIONS, had_a_day
from groupbot.features.engagement.reports.asking import Ask

_TALK = "SELECT topic, COUNT(*), COUNT(DISTINCT person_id) FROM v_act WHERE {times} AND kind IN ('message', 'reply') GROUP BY topic"  # noqa: E501


class Topic(Struct, frozen=True):
    """A topic (0: the general one) in a span. `asked` are members' questions that had a day for an answer,
    `unanswered` those of them that got none within it; `before` its messages in the span before."""

    number: int
    title: str
    messages: int
    people: int
    before: int
    asked: int
    unanswered: int


def topics_asked(ask: Ask) -> dict[str, str]:
    """The SQL behind it."""
    return {
        "topics": ask.sql(_TALK),
        "topics_before": ask.before().sql(_TALK),
        "topics_questions": ask.sql(
            f"SELECT topic, COUNT(*), SUM(CASE WHEN answered <= {ask.plus('q.at', 1)} THEN 0 ELSE 1 END)"
            f" FROM (SELECT topic, message_id, at FROM {QUESTIONS}) q"
            f" LEFT JOIN {FIRST_ANSWER} a ON a.reply_to = q.message_id GROUP BY topic",
            had_a_day=had_a_day(ask),
        ),
        "topics_titles": ask.sql("SELECT topic, title FROM v_topic WHERE {chat}"),
    }


def topics(ask: Ask, most: int = 100) -> list[Topic]:
    """Those in which somebody wrote, the busiest first; none where there is only the general one."""
    found = {key: {int(r[0] or 0): r[1:] for r in ask.rows(sql)} for key, sql in topics_asked(ask).items()}
    talk, before, questions = found["topics"], found["topics_before"], found["topics_questions"]
    if not talk.keys() - {0}:
        return []
    made = [
        Topic(
            number,
            str(found["topics_titles"].get(number, ("",))[0]),
            int(messages),
            int(people),
            int(before.get(number, (0,))[0]),
            *(int(n or 0) for n in questions.get(number, (0, 0))),
        )
        for number, (messages, people) in talk.items()
    ]
    return sorted(made, key=lambda t: (-t.messages, t.number))[:most]
