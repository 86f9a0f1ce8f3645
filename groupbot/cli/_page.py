"""The boss's page of all groups, in Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from groupbot.engine import words
from groupbot.engine.picture.page import Page
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.features.engagement import reports


def page_of(work: Work, groups: Sequence[tuple[int, date]]) -> Page:
    """The week of all groups; each with its own last day."""
    say = words.catalog("zh", [folder("content_templates")]).gettext
    last = max((d for _, d in groups), default=work.now.date())
    seen = [reports.look(work, chat, day) for chat, day in groups]
    return reports.page_of(seen, last - timedelta(days=6), last, say, words.day("zh"))
