"""Questions about what happened: a week of one group, the measures, posts, cohorts, a group's health."""

from groupbot.features.engagement.reports.asking import Ask, Figure, coverage, grade
from groupbot.features.engagement.reports.digest import digest
from groupbot.features.engagement.reports.figures import figures
from groupbot.features.engagement.reports.health import Cohort, Health, Post, cohorts, health, posts
from groupbot.features.engagement.reports.look import look, page_of
from groupbot.features.engagement.reports.review import SPANS, review
from groupbot.features.engagement.reports.sources import Source, sources
from groupbot.features.engagement.reports.week import known_members, week_of

__all__ = [
    "Ask",
    "Cohort",
    "Figure",
    "Health",
    "Post",
    "SPANS",
    "Source",
    "cohorts",
    "coverage",
    "digest",
    "figures",
    "grade",
    "health",
    "known_members",
    "look",
    "page_of",
    "posts",
    "review",
    "sources",
    "week_of",
]
