"""What happens when people come and go."""

from groupbot.features.entry.service.asking import accepted, here, picked, started, typed
from groupbot.features.entry.service.captcha import (
    approved,
    due,
    freed,
    joined,
    left,
    let_in,
    release,
    requested,
    standing,
    sweep,
)
from groupbot.features.entry.service.greeting import due as greet_due
from groupbot.features.entry.service.greeting import preview, reset_text, set_text, show
from groupbot.features.entry.service.notices import erase
from groupbot.features.entry.service.setting import can_ask, can_quiz, captcha_state, change, questions
from groupbot.features.entry.service.unanswered import send_away
from groupbot.features.entry.store import KEPT

__all__ = [
    "KEPT",
    "erase",
    "accepted",
    "approved",
    "can_ask",
    "can_quiz",
    "captcha_state",
    "change",
    "due",
    "freed",
    "greet_due",
    "here",
    "joined",
    "left",
    "let_in",
    "picked",
    "preview",
    "questions",
    "release",
    "requested",
    "reset_text",
    "send_away",
    "set_text",
    "show",
    "standing",
    "started",
    "sweep",
    "typed",
]
