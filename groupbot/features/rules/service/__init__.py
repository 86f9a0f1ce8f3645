"""What the rules do: judge messages, keep the record, hear appeals, watch the first week."""

from groupbot.features.rules.service import limits, listing, locking
from groupbot.features.rules.service.cases import (
    appeal,
    by_number,
    collect,
    let_pass,
    own_cases,
    settled,
    show_out,
    taken_back,
    undo,
    undo_by_hand,
    uphold,
    wrong,
)
from groupbot.features.rules.service.editing import (
    set_duration,
    set_expiry,
    set_reason,
    set_window,
    show_case,
    steps,
)
from groupbot.features.rules.service.hand import (
    by_hand,
    by_rule,
    count,
    counts_no_more,
    lifted,
    lifted_elsewhere,
    promoted_here,
    used_up,
    warns,
)
from groupbot.features.rules.service.judging import judge, standing_known
from groupbot.features.rules.service.policy import policy_of
from groupbot.features.rules.service.recording import erase
from groupbot.features.rules.service.returning import held, mute_again, stronger
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
from groupbot.features.rules.service.would import would_have
from groupbot.features.rules.store import KEPT

__all__ = [
    "KEPT",
    "erase",
    "allow",
    "appeal",
    "by_hand",
    "by_number",
    "by_rule",
    "change_phrase",
    "collect",
    "count",
    "counts_no_more",
    "held",
    "judge",
    "let_pass",
    "lifted",
    "lifted_elsewhere",
    "listing",
    "locking",
    "limits",
    "look",
    "mute_again",
    "own_cases",
    "policy_of",
    "promoted_here",
    "set_duration",
    "set_expiry",
    "set_mode",
    "set_reason",
    "set_text",
    "set_window",
    "settled",
    "show",
    "show_case",
    "show_out",
    "standing_known",
    "steps",
    "stronger",
    "switch",
    "taken_back",
    "undo",
    "undo_by_hand",
    "uphold",
    "used_up",
    "warns",
    "watch",
    "watch_on",
    "wrong",
    "would_have",
]
