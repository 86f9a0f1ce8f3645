"""Questions about what happened: a week of one group, the measures, posts, cohorts, a group's health."""

from groupbot.features.engagement.reports.asking import RATE, Ask, Figure, coverage, grade
from groupbot.features.engagement.reports.digest import Step, digest, digest_step
from groupbot.features.engagement.reports.figures import figures
from groupbot.features.engagement.reports.habits import Kept, active_days, hours, kept
from groupbot.features.engagement.reports.health import Cohort, Health, Post, cohorts, health, posts
from groupbot.features.engagement.reports.look import look, page_of
from groupbot.features.engagement.reports.review import SPANS, Review, review
from groupbot.features.engagement.reports.week import known_members, week_of

__all__ = [
    "Ask",
    "Cohort",
    "Figure",
    "Health",
    "Kept",
    "Post",
    "RATE",
    "Review",
    "SPANS",
    "Step",
    "active_days",
    "cohorts",
    "coverage",
    "digest",
    "digest_step",
    "figures",
    "grade",
    "health",
    "hours",
    "kept",
    "known_members",
    "look",
    "page_of",
    "posts",
    "review",
    "week_of",
]
