"""What the group itself gives to a template whose front matter says `fills: [shop, chat, link, coupon]`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from groupbot.core.effects import Button
from groupbot.engine.work import Work
from groupbot.features.links import service as links
from groupbot.features.members.domain import Profile
from groupbot.features.promos.domain import Plan, Wrong
from groupbot.features.promos.service.hold import Place

TAKE = "take"  # the label of the button below a post with a coupon
WHICH = "coupon_title"  # in a plan's data: which of the group's pools
_DAY = datetime(2027, 2, 4, tzinfo=UTC)
CHAT = {"title": "…", "members": 180, "region": "…", "tier": "store", "type": "commercial"}
_SAMPLES: dict[str, Any] = {
    "chat": CHAT,
    "link": "https://t.me/…",
    "coupon": {"title": "…", "each": 1, "price": 0, "left": 10, "closes": _DAY, "until": _DAY},
}
# (what a template may say of a pool of codes that is open in a chat, what its button does); None: none is
Offer = Callable[[Work, int, str], tuple[dict[str, Any], Any] | None]


class Unsaid(Exception):
    """Why a post is not said: a word for it, and more of it."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


class Given(Struct):
    """Plain values for a template, the post's address, the button of a coupon."""

    values: dict[str, Any] = field(default_factory=dict)
    url: str = ""
    button: Button | None = None


def filled(front: dict[str, Any], title: str) -> dict[str, Any]:
    """The names a template has filled in, with examples of what only a group can give: to try it."""
    found = {str(name): _SAMPLES.get(str(name), title) for name in front.get("fills") or ()}
    if "chat" in found:
        found["chat"] = CHAT | {"title": title}
    return found


def of_chat(profile: Profile | None) -> dict[str, Any]:
    """What a template may say of a group: `title`, `members` by Telegram's count of the last day (None where
    it was never told), `region`, `tier` and `type` ('' where not set)."""
    if profile is None:
        return {"title": "", "members": None, "region": "", "tier": "", "type": ""}
    return {
        "title": profile.title,
        "members": profile.members,
        "region": profile.region or "",
        "tier": profile.tier or "",
        "type": profile.type or "",
    }


def only_said(front: dict[str, Any]) -> bool:
    """Does it say what is true only in a post of its own (a counted link, a coupon)?"""
    return bool({"link", "coupon"} & set(map(str, front.get("fills") or ())))


def fits(front: dict[str, Any], data: dict[str, Any], name: str) -> None:
    """Has a plan's data what the fillings of a template need?

    Raises:
        Wrong: no address for the link, or no label for the coupon's button.
    """
    wanted = set(map(str, front.get("fills") or ()))
    if "link" in wanted and not data.get("url"):
        raise Wrong(
            "data", f"{name}: the template counts a link, and there is no url", "add url: under data:"
        )
    if "coupon" in wanted and TAKE not in (front.get("buttons") or {}):
        raise Wrong("data", f"{name}: its template has no button for the coupon", "buttons: {take: …} there")


def given(work: Work, plan: Plan, here: Place, front: dict[str, Any], offer: Offer | None) -> Given:
    """The same for a post in a chat: the real values.

    Raises:
        Unsaid: it offers a coupon, and no pool (of that title) is open here with a code left.
    """
    chat = here.profile.chat
    made = Given(filled(front, here.profile.title), str(plan.data.get("url") or ""))
    if made.url and (plan.campaign or "link" in made.values):
        made.url = links.tracked(work, counted(plan), made.url, chat)
    if "chat" in made.values:
        made.values["chat"] = of_chat(here.profile)
    if "link" in made.values:
        made.values["link"] = made.url
    if "coupon" in made.values:
        which = str(plan.data.get(WHICH) or "")
        found = offer(work, chat, which) if offer is not None else None
        if found is None:
            raise Unsaid("coupon", which)
        made.values["coupon"], tap = found
        made.button = Button(TAKE, tap)
    return made


def counted(plan: Plan) -> str:
    """The name under which a plan's link is counted."""
    return f"{plan.campaign or 'plan'}/{plan.name}"
