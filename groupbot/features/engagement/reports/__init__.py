"""Questions about what happened: a week of one group, the measures, posts, cohorts, a group's health."""

from groupbot.features.engagement.reports.asking import Ask, Figure, coverage, grade
from groupbot.features.engagement.reports.digest import digest
from groupbot.features.engagement.reports.figures import figures
from groupbot.features.engagement.reports.growth import growth
from groupbot.features.engagement.reports.health import Cohort, Health, Post, cohorts, health, posts
from groupbot.features.engagement.reports.keypeople import KeyPerson, key_people, questions
from groupbot.features.engagement.reports.look import look, page_of
from groupbot.features.engagement.reports.nudge import nudge
from groupbot.features.engagement.reports.review import SPANS, review
from groupbot.features.engagement.reports.sources import Source, sources
from groupbot.features.engagement.reports.week import known_members, week_of

__all__ = [
    "Ask",
    "Cohort",
    "Figure",
    "Health",
    "KeyPerson",
    "Post",
    "SPANS",
    "Source",
    "cohorts",
    "coverage",
    "digest",
    "figures",
    "grade",
    "growth",
    "health",
    "key_people",
    "known_members",
    "look",
    "nudge",
    "page_of",
    "posts",
    "questions",
    "review",
    "sources",
    "week_of",
]
