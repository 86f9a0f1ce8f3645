"""Questions about what happened: a week of one group, the measures, posts, cohorts, a group's health."""

from groupbot.features.engagement.reports.asking import Ask, Figure, coverage, grade
from groupbot.features.engagement.reports.figures import figures
from groupbot.features.engagement.reports.health import Cohort, Health, Post, cohorts, health, posts
from groupbot.features.engagement.reports.week import known_members, week_of

__all__ = [
    "Ask",
    "Cohort",
    "Figure",
    "Health",
    "Post",
    "cohorts",
    "coverage",
    "figures",
    "grade",
    "health",
    "known_members",
    "posts",
    "week_of",
]
