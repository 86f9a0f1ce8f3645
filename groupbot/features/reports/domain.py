"""When reports call for a person, and when a message is put away until one has looked. Pure."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from groupbot.features.members.domain import Setting

ON = Setting("reports", True, "Members may report messages", choices=(True, False))
NOTIFY = Setting("report_notify", 1, "Reports of a message after which staff are asked")
HIDE = Setting(
    "report_hide",
    0,
    "Reports after which a message is put away until decided; 0: never",
    {"consumer": 4},
)
PER_HOUR = Setting("report_limit", 5, "Reports one member may make in an hour")
ABUSE = Setting("report_abuse", 3, "Reports without cause in 30 days, after which a member may not report")
HOUR, ABUSE_WINDOW = timedelta(hours=1), timedelta(days=30)
KEEP, KEEP_TEXT = timedelta(days=180), timedelta(days=30)
MUTE = timedelta(hours=1)
MARGIN = timedelta(seconds=15)
CLIP, REASON = 64, 200  # characters of the message, of a reason
RULE, VERSION = "reports", 1
ACTS = ("delete", "warn", "mute", "ban", "dismiss")
RIGHTS = {"delete": "delete", "warn": "restrict", "mute": "restrict", "ban": "restrict", "dismiss": ""}


def step(reporters: int, notify: int, hide: int, tier: str | None) -> str:
    """What this many different reporters call for: wait, notify, or hide (consumer groups only)."""
    if tier == "consumer" and 0 < hide <= reporters:
        return "hide"
    return "notify" if reporters >= max(1, notify) else "wait"


def barred(without_cause: int, most: int) -> bool:
    """Has a reporter lost the command? `most` 0: never."""
    return 0 < most <= without_cause


class PutAway(Struct, frozen=True, tag="rep.del"):
    """Take the reported message away."""

    id: int
    chat: int


class Warn(Struct, frozen=True, tag="rep.warn"):
    """… and warn its sender."""

    id: int
    chat: int


class Mute(Struct, frozen=True, tag="rep.mute"):
    """… and give its sender an hour's break."""

    id: int
    chat: int


class Ban(Struct, frozen=True, tag="rep.ban"):
    """… and remove its sender from the group."""

    id: int
    chat: int


class Dismiss(Struct, frozen=True, tag="rep.no"):
    """Nothing is wrong with the message."""

    id: int
    chat: int
