"""What stands on the boss's page, from the groups' reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from groupbot.engine.picture.page import Page
from groupbot.engine.work import Work
from groupbot.features.engagement import reports
from groupbot.features.engagement.domain import FEW
from groupbot.features.engagement.reports import Ask, Post
from groupbot.features.members import service as members

SILENT = 7  # days after which whoever answers for a group is told so


@dataclass(slots=True)
class _Seen:
    title: str
    colour: str
    reasons: list[tuple[int, str]] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    joined: int = 0
    left: int = 0
    messages: int = 0


def page_of(work: Work, groups: Sequence[tuple[int, date]]) -> Page:
    """The week of all groups, in Chinese."""
    seen = [_look(work, chat, last) for chat, last in groups]
    last = max((d for _, d in groups), default=work.now.date())
    first = last - timedelta(days=6)
    ranked = sorted((-w, s.title, why) for s in seen for w, why in s.reasons)
    need = [f"{title}:{why}" for _, title, why in ranked[:3]]
    posts = sorted(((p, s.title) for s in seen for p in s.posts), key=lambda x: (-x[0].people, x[0].at))
    told = []
    if posts:
        told.append("最好 " + _post(*posts[0]))
        worst = min(posts, key=lambda x: (-x[0].leaves, x[0].people, x[0].at))
        if worst is not posts[0]:
            told.append("最差 " + _post(*worst))
    sums = f"消息 {sum(s.messages for s in seen):,} 条 · 新来 {sum(s.joined for s in seen)} 人"
    sums += f" · 离开 {sum(s.left for s in seen)} 人"
    return Page(
        heading=f"{len(seen)} 个群的一周",
        under=f"{first.month}月{first.day}日 — {last.month}月{last.day}日",
        squares=tuple((s.colour, s.title) for s in seen),
        legend=(("green", "正常"), ("amber", "需要你看"), ("grey", "人太少,不评")),
        parts=(
            ("需要你的", tuple(need) or ("这周没有群需要你",)),
            ("帖子", tuple(told) or ("这周机器人没有发帖",)),
            ("来去", (sums,)),
        ),
        foot="每个数字都可复算:groupbot report --sql",
    )


def _post(p: Post, title: str) -> str:
    did = f"{p.people} 人有反应,点 {p.presses} 回 {p.replies} 赞 {p.reactions}"
    return f"{title} {p.ref}:{did},一小时内走 {p.leaves} 人"


def _look(work: Work, chat: int, last: date) -> _Seen:
    ask = Ask(work, chat, last - timedelta(days=6), last)
    now = {f.key: f.value or 0 for f in reports.figures(ask)}
    before = {f.key: f.value or 0 for f in reports.figures(ask.before())}
    profile = members.profile(work, chat)
    made = _Seen(profile.title if profile else "", "green")
    made.joined, made.left, made.messages = int(now["joined"]), int(now["left"]), int(now["messages"])
    made.posts = reports.posts(ask)
    owner = profile.owner if profile else None
    if owner:
        spoke = ask.rows(
            f"SELECT MAX(at) FROM v_event WHERE chat_id = {chat} AND person_id = {owner}"
            " AND kind IN ('message', 'reply')"
        )[0][0]
        silent = (ask.end - ask.at(spoke)).days if spoke is not None else None
        if silent is None or silent > SILENT:
            made.reasons.append((5, "负责人还没说过话" if silent is None else f"负责人 {silent} 天没说话"))
    if now["active"] < FEW and before["active"] < FEW:
        made.colour = "grey"
        return made
    if made.left > max(2, made.joined):
        made.reasons.append((made.left, f"走了 {made.left} 人,只来了 {made.joined} 人"))
    fell = 1 - now["active_organic"] / before["active_organic"] if before["active_organic"] else 0.0
    if fell >= 0.25:
        made.reasons.append(
            (round(20 * fell), f"活跃从 {before['active_organic']:.0f} 人降到 {now['active_organic']:.0f} 人")
        )
    if now["commerce"] > 0.2:
        made.reasons.append((4, f"促销占了 {100 * now['commerce']:.0f}% 的消息"))
    if made.reasons:
        made.colour = "amber"
    return made
