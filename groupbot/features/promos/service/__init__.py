"""Use cases of scheduled content: load plan files, publish what is due, tell and stop."""

from __future__ import annotations

from groupbot.engine.addresses import ops_chat
from groupbot.features.promos.domain.pushing import is_content
from groupbot.features.promos.service.approval import approve, needed, standing
from groupbot.features.promos.service.ask import next_and_skipped, resume, stop_all, stop_chat, stopped
from groupbot.features.promos.service.ballots import answer, keep_ballot
from groupbot.features.promos.service.campaigning import (
    Ahead,
    done,
    first_said,
    of_campaign,
    reached,
)
from groupbot.features.promos.service.digest import say_digests
from groupbot.features.promos.service.edits import watch
from groupbot.features.promos.service.files import Shelf, read
from groupbot.features.promos.service.filling import CHAT, of_chat
from groupbot.features.promos.service.gates import EVERYWHERE, set_gate, shut
from groupbot.features.promos.service.kinds import Kind, Read, checked, reread, resident
from groupbot.features.promos.service.known import live
from groupbot.features.promos.service.library import (
    JOBS,
    barred,
    forget_pushes,
    item,
    keep_item,
    keep_media,
    library,
    mark,
    media_kept,
    sweep_items,
    until,
    used,
)
from groupbot.features.promos.service.load import renders, sync
from groupbot.features.promos.service.messages import exposures
from groupbot.features.promos.service.monthly import calendar, lacking_expert
from groupbot.features.promos.service.posting import plan_name, post, reaching, running, schedule
from groupbot.features.promos.service.publish import Others, let_pass, publish_due
from groupbot.features.promos.service.pushing import (
    arrived,
    decide,
    drawable,
    fresh,
    pictured,
    place_of_pushes,
    receive,
)
from groupbot.features.promos.service.questions import AskCard, asked, question, sweep_questions
from groupbot.features.promos.service.recall import (
    RECALL,
    Recalled,
    ask_recall,
    recalled,
    remembered,
    sweep_recall,
)
from groupbot.features.promos.service.renaming import rename
from groupbot.features.promos.service.review import PAGE, ask, clock_of, described, items, let_go
from groupbot.features.promos.service.rhythm import keep_rhythm
from groupbot.features.promos.service.room import may_post, may_write, posted, stand_in, sweep
from groupbot.features.promos.service.saying import Guest
from groupbot.features.promos.store import KEPT

__all__ = [
    "CHAT",
    "JOBS",
    "KEPT",
    "PAGE",
    "RECALL",
    "Ahead",
    "AskCard",
    "EVERYWHERE",
    "Guest",
    "Kind",
    "Others",
    "Read",
    "Recalled",
    "Shelf",
    "answer",
    "approve",
    "arrived",
    "ask",
    "ask_recall",
    "asked",
    "barred",
    "calendar",
    "checked",
    "clock_of",
    "decide",
    "described",
    "done",
    "drawable",
    "exposures",
    "first_said",
    "forget_pushes",
    "fresh",
    "is_content",
    "item",
    "items",
    "keep_ballot",
    "keep_item",
    "keep_media",
    "keep_rhythm",
    "lacking_expert",
    "let_go",
    "let_pass",
    "library",
    "live",
    "mark",
    "may_post",
    "may_write",
    "media_kept",
    "needed",
    "next_and_skipped",
    "of_campaign",
    "of_chat",
    "ops_chat",
    "pictured",
    "place_of_pushes",
    "plan_name",
    "post",
    "posted",
    "publish_due",
    "question",
    "reached",
    "reaching",
    "read",
    "recalled",
    "receive",
    "remembered",
    "renders",
    "reread",
    "resident",
    "rename",
    "resume",
    "running",
    "say_digests",
    "schedule",
    "set_gate",
    "shut",
    "stand_in",
    "standing",
    "stop_all",
    "stop_chat",
    "stopped",
    "sweep",
    "sweep_items",
    "sweep_questions",
    "sweep_recall",
    "sync",
    "until",
    "used",
    "watch",
]
