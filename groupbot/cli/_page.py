"""The boss's page of all groups, in the language of its readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from groupbot.engine import words
from groupbot.engine.picture.page import Page
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.features.engagement import reports
from groupbot.features.members import service as members


def page_of(work: Work, groups: Sequence[tuple[int, date]], lang: str = "", ops: int = 0) -> Page:
    """The week of all groups; each with its own last day. Without `lang` in the language of the operators'
    chat (its Telegram id is `ops`), or where that is not known in the one most of the groups speak."""
    lang = lang or _spoken(work, [chat for chat, _ in groups], ops)
    say = words.catalog(lang, [folder("content_templates")]).gettext
    last = max((d for _, d in groups), default=work.now.date())
    seen = [reports.look(work, chat, day) for chat, day in groups]
    return reports.page_of(seen, last - timedelta(days=6), last, say, words.day(lang))


def _spoken(work: Work, chats: Sequence[int], ops: int) -> str:
    places = {p.chat: members.place(work, p.chat) for p in members.profiles(work)}
    theirs = [chat for chat, place in places.items() if ops and place and place.telegram_id == ops]
    heard = Counter(members.voice(work, chat, None)[0] for chat in theirs or chats)
    return heard.most_common(1)[0][0] if heard else "zh"


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
