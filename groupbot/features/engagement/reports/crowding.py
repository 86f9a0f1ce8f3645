"""A talk of too many at once: what would part it."""

from __future__ import annotations

from groupbot.features.engagement.reports.asking import Ask, Figure

CEILING = 40  # speakers of twenty minutes, near which people stop to follow (Jones et al. 2008)


def crowded(ask: Ask, speakers: Figure) -> str:
    """`topics`, or `sibling` (a second group) where the group has topics; '' while all can follow.
    `speakers` is speakers_in_20_min."""
    if (speakers.value or 0) < CEILING:
        return ""
    return "sibling" if ask.number(topics_sql(ask)) else "topics"


def topics_sql(ask: Ask) -> str:
    """The SQL of whether anybody spoke in a topic: 1 or 0."""
    return ask.sql(
        "SELECT COUNT(*) FROM (SELECT 1 FROM v_event WHERE {times} AND topic IS NOT NULL LIMIT 1) q"
    )
