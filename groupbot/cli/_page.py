"""The boss's page of all groups, in the language of its readers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from groupbot.cli._tongue import spoken, tongue
from groupbot.engine import words
from groupbot.engine.picture.page import Page
from groupbot.engine.work import Work
from groupbot.features.engagement import reports
from groupbot.features.members import service as members


def page_of(work: Work, groups: Sequence[tuple[int, date]], lang: str = "", ops: int = 0) -> Page:
    """The week of all groups; each with its own last day. Without `lang` in the language of the operators'
    chat (its Telegram id is `ops`), or where that is not known in the one most of the groups speak."""
    lang = lang or spoken(work, [chat for chat, _ in groups], ops)
    say = tongue(lang).say
    last = max((d for _, d in groups), default=work.now.date())
    seen = [reports.look(work, chat, day) for chat, day in groups]
    return reports.page_of(seen, last - timedelta(days=6), last, say, words.day(lang))


def behind_lines(work: Work, groups: Sequence[tuple[int, date]]) -> list[str]:
    """The SQL of every number of the page, group by group; and of the digest's people active in any group."""
    out = []
    for chat, day in groups:
        out.append(f"{members.title(work, chat)} · {day - timedelta(days=6)} to {day}")
        asked = reports.behind_page(work, chat, day)
        out += [f"      -- {key}\n      {query};" for key, query in asked.items()]
    if groups:
        out += ["all groups", f"      -- active\n      {reports.behind_digest(work, groups)};"]
    return out
