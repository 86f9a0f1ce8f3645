"""Questions about what happened: a week of one group, the measures, posts, cohorts, a group's health."""

from groupbot.features.engagement.reports.asking import RATE, Ask, Figure, coverage, coverage_sql, grade
from groupbot.features.engagement.reports.behind import behind_digest, behind_page
from groupbot.features.engagement.reports.cards import Card, cards, cards_sql
from groupbot.features.engagement.reports.crowding import crowded
from groupbot.features.engagement.reports.digest import Step, digest, digest_steps
from groupbot.features.engagement.reports.figures import figures
from groupbot.features.engagement.reports.glow import glow
from groupbot.features.engagement.reports.growth import growth
from groupbot.features.engagement.reports.habits import (
    Kept,
    active_days,
    active_days_sql,
    bars,
    bars_sql,
    hours,
    hours_sql,
    kept,
    kept_sql,
    media_sql,
    said_days_sql,
)
from groupbot.features.engagement.reports.health import (
    Cohort,
    Health,
    Post,
    cohorts,
    cohorts_sql,
    health,
    posts,
    posts_sql,
    since,
)
from groupbot.features.engagement.reports.keypeople import KeyPerson, key_people, questions
from groupbot.features.engagement.reports.leading import LEADING, hand_over, leading
from groupbot.features.engagement.reports.library import LIBRARY, Response, library
from groupbot.features.engagement.reports.look import look, needing, page_of, reason_of, spoke_sql, voice_of
from groupbot.features.engagement.reports.love import love, love_sql
from groupbot.features.engagement.reports.newcomers import newcomers
from groupbot.features.engagement.reports.nudge import nudge
from groupbot.features.engagement.reports.planned import planned, planned_sql
from groupbot.features.engagement.reports.purpose import kpi, purpose_of
from groupbot.features.engagement.reports.relays import of_round, rounds
from groupbot.features.engagement.reports.review import SPANS, Review, bar_of, review
from groupbot.features.engagement.reports.sales import Band, bands, bands_sql, sales
from groupbot.features.engagement.reports.scores import Scored, Stood, keep_score, score_steps
from groupbot.features.engagement.reports.sources import Source, sources, sources_sql
from groupbot.features.engagement.reports.stages import (
    Judged,
    Stage,
    keep_stage,
    stage_of,
    stage_steps,
    told,
    untold,
)
from groupbot.features.engagement.reports.ties import ties
from groupbot.features.engagement.reports.told import PLANS, Told, told_of
from groupbot.features.engagement.reports.topics import Topic, topics, topics_asked
from groupbot.features.engagement.reports.touches import Touch, touches, touches_sql
from groupbot.features.engagement.reports.twin import EFFICIENCY, TRUST, deepest, more
from groupbot.features.engagement.reports.ways import HOW, Passage, Ways, ways
from groupbot.features.engagement.reports.week import known_members, week_of

__all__ = [
    "media_sql",
    "Topic",
    "topics",
    "topics_asked",
    "PLANS",
    "Told",
    "told_of",
    "needing",
    "reason_of",
    "spoke_sql",
    "voice_of",
    "bar_of",
    "bars",
    "bars_sql",
    "behind_digest",
    "behind_page",
    "coverage_sql",
    "planned",
    "planned_sql",
    "Judged",
    "Stage",
    "keep_stage",
    "stage_of",
    "stage_steps",
    "told",
    "untold",
    "kpi",
    "purpose_of",
    "LEADING",
    "hand_over",
    "leading",
    "sources_sql",
    "since",
    "posts_sql",
    "cohorts_sql",
    "said_days_sql",
    "kept_sql",
    "hours_sql",
    "active_days_sql",
    "Ask",
    "Band",
    "Card",
    "Cohort",
    "EFFICIENCY",
    "Figure",
    "Health",
    "Kept",
    "KeyPerson",
    "LIBRARY",
    "Post",
    "RATE",
    "Response",
    "Review",
    "SPANS",
    "Source",
    "Step",
    "TRUST",
    "active_days",
    "bands",
    "bands_sql",
    "cards",
    "cards_sql",
    "cohorts",
    "coverage",
    "crowded",
    "deepest",
    "digest",
    "digest_steps",
    "figures",
    "grade",
    "glow",
    "growth",
    "health",
    "hours",
    "kept",
    "key_people",
    "known_members",
    "library",
    "look",
    "more",
    "newcomers",
    "nudge",
    "page_of",
    "posts",
    "questions",
    "review",
    "sales",
    "Scored",
    "Stood",
    "keep_score",
    "score_steps",
    "sources",
    "Touch",
    "touches",
    "touches_sql",
    "ties",
    "week_of",
    "HOW",
    "Passage",
    "Ways",
    "ways",
    "love",
    "love_sql",
    "of_round",
    "rounds",
]
