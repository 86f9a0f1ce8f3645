"""What administrators do by hand: use cases."""

from groupbot.features.moderation.service.cleaning import delete, purge, purge_from, purge_to, report
from groupbot.features.moderation.service.looking import anonymous, doctor, ids, info
from groupbot.features.moderation.service.pinning import (
    UnpinAll,
    ask_unpin_all,
    linked_post,
    permapin,
    pin,
    pinned,
    seen,
    switch,
    unpin,
    unpin_all,
)
from groupbot.features.moderation.service.sanctions import lift, sanction
from groupbot.features.moderation.service.staffing import admins, demote, promote, title
from groupbot.features.moderation.service.warning import (
    counted,
    set_limit,
    set_mode,
    set_time,
    show,
    unwarn,
    warn,
)
from groupbot.features.moderation.service.whom import call_channel, facts

__all__ = [
    "UnpinAll",
    "admins",
    "anonymous",
    "ask_unpin_all",
    "call_channel",
    "counted",
    "delete",
    "demote",
    "doctor",
    "facts",
    "ids",
    "info",
    "lift",
    "linked_post",
    "permapin",
    "pin",
    "pinned",
    "promote",
    "purge",
    "purge_from",
    "purge_to",
    "report",
    "sanction",
    "seen",
    "set_limit",
    "set_mode",
    "set_time",
    "show",
    "switch",
    "title",
    "unpin",
    "unpin_all",
    "unwarn",
    "warn",
]
