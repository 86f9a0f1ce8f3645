"""What the rules do: judge messages, keep the record, hear appeals, watch the first week."""

from groupbot.features.rules.service import limits
from groupbot.features.rules.service.cases import (
    appeal,
    by_number,
    collect,
    let_pass,
    own_cases,
    settled,
    undo,
    uphold,
    wrong,
)
from groupbot.features.rules.service.judging import judge, standing_known
from groupbot.features.rules.service.policy import policy_of
from groupbot.features.rules.service.returning import mute_again
from groupbot.features.rules.service.week import (
    allow,
    change_phrase,
    look,
    set_mode,
    set_text,
    show,
    switch,
    watch,
    watch_on,
)

__all__ = [
    "allow",
    "appeal",
    "by_number",
    "change_phrase",
    "collect",
    "judge",
    "let_pass",
    "limits",
    "look",
    "mute_again",
    "own_cases",
    "policy_of",
    "set_mode",
    "set_text",
    "settled",
    "show",
    "standing_known",
    "switch",
    "undo",
    "uphold",
    "watch",
    "watch_on",
    "wrong",
]
