"""Entry: what a chat may set, the puzzles of the captcha and how answers are compared. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field

from groupbot.core.chance import Chance
from groupbot.features.members.domain import Setting

ON_OFF = (True, False)
LET = "let"  # whose request was turned down, and staff took that back: the next one is let in
CASE = ("captcha", 1)  # the rule of who was sent away, and its version
WELCOME = Setting("welcome", False, "Greet newcomers", choices=ON_OFF)
GOODBYE = Setting("goodbye", False, "Say goodbye to who leaves", choices=ON_OFF)
WELCOME_TEXT = Setting("welcome_text", {}, "The greeting in the group's own words (empty: as shipped)")
GOODBYE_TEXT = Setting("goodbye_text", {}, "The goodbye in the group's own words (empty: as shipped)")
CLEAN = Setting("cleanwelcome", True, "Only the newest greeting stays", choices=ON_OFF)

MODES = ("button", "text", "math", "image", "rules", "quiz")
CAPTCHA = Setting("captcha", False, "Newcomers show that they are people", choices=ON_OFF)
MODE = Setting("captchamode", "button", "How newcomers show it", choices=MODES)
KICK = Setting(
    "captchakick", False, "Who does not is asked to come again", by_tier={"consumer": True}, choices=ON_OFF
)
KICK_TIME = Setting(
    "captchakicktime", 300, "Time that newcomers have to show it", kind="duration", least=30, most=366 * 86400
)
MUTE_TIME = Setting(
    "captchamutetime",
    0,
    "Time after which who did not may write all the same; 0: never",
    kind="duration",
    least=0,
    most=366 * 86400,
    reads=lambda v: _none_or_long(v),
    form="a duration from 30s to 366d, or 0",
    example="1d",
)
BUTTON_TEXT = Setting(
    "captchatext", "", "The words on the captcha's button", most=64, pattern=r"[^\n]*", form="a line"
)
RULES_STEP = Setting("captcharules", False, "Newcomers accept the rules too", choices=ON_OFF)
QUIZ = Setting(
    "captchaquiz",
    [],
    "Questions of the quiz, each with its right answer and wrong ones",
    kind="rows",
    most=30,
    reads=lambda v: _asked(v),
    form="texts: question | right | wrong",
    example='["What do we sell? | Hawthorn | Cars"]',
)


def _none_or_long(value: int) -> int:
    if 0 < value < 30:
        raise ValueError(value)
    return value


def _asked(value: Any) -> str:
    made = question(str(value))
    if made is None:
        raise ValueError(value)
    return " | ".join(made)


GREETINGS = (WELCOME, WELCOME_TEXT, GOODBYE, GOODBYE_TEXT, CLEAN)
CAPTCHAS = (CAPTCHA, MODE, KICK, KICK_TIME, MUTE_TIME, BUTTON_TEXT, RULES_STEP, QUIZ)
SETTINGS = (*GREETINGS, *CAPTCHAS)

TRIES = 3
MERGE = timedelta(minutes=1)  # who comes within it is greeted with one message
GREETING_LIFE = 300  # seconds
KICKED = timedelta(minutes=1)  # how long a kick keeps somebody out; then Telegram lifts it by itself
REQUEST_LIFE = timedelta(minutes=5)  # Telegram: so long a bot may write to an applicant
MARGIN = timedelta(seconds=15)  # before that: the last word must still arrive
ADMITTED = timedelta(minutes=10)  # whoever was let in comes in within it
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(days=366)  # of Telegram's restrictions
AWAY = timedelta(minutes=1)  # overdue by more: the bot was away, and could hear no answer
LABEL_LIMIT = 64
QUIZ_LIMIT = 30
KEEP = timedelta(days=30)


class Here(Struct, frozen=True, tag="ent.here"):
    """[I am a person] under the line in the group: for whoever is waited for in that chat."""

    chat: int


class Pick(Struct, frozen=True, tag="ent.pick"):
    """An answer to choose, good for one round of one newcomer's captcha."""

    id: int
    round: int
    pick: int


class Accept(Struct, frozen=True, tag="ent.accept"):
    """[I accept] under the rules."""

    id: int
    round: int


class Out(Struct, frozen=True, tag="ent.out"):
    """[NAME] under the word to staff: this newcomer, who did not answer, is sent away by a person. `at`: when
    that was said, in seconds."""

    chat: int
    person: int
    at: int = 0


class Rules(Struct, frozen=True, tag="ent.rules"):
    """[Rules] under a greeting."""

    chat: int


class Sanction(Struct, frozen=True):
    """Another reason why somebody may not write or come in: a `mute` or `ban` until then (None: for good)."""

    kind: str
    until: datetime | None = None


class Puzzle(Struct, frozen=True):
    """A question: `shown` goes into its template; `answer` is compared after `folded`; with `choices` it is
    their number that is."""

    answer: str
    shown: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    typed: bool = False
    drawn: str = ""  # what a picture shows


_LETTERS = "ACEFGHJKLMNPRTUVWXY349"  # none is taken for another


def puzzle(mode: str, rng: Chance, quiz: Sequence[str] = ()) -> Puzzle:
    """A fresh question of a mode. A quiz without questions is a button."""
    if mode == "text":
        digits = [rng.randint(0, 9) for _ in range(4)]
        return Puzzle("".join(map(str, digits)), {"digits": digits}, typed=True)
    if mode == "math":
        a, b = rng.randint(3, 19), rng.randint(2, 9)
        if rng.random() < 0.5 and a > b:
            return Puzzle(str(a - b), {"sum": f"{a} − {b}"}, typed=True)
        return Puzzle(str(a + b), {"sum": f"{a} + {b}"}, typed=True)
    if mode == "image":
        word = "".join(rng.choice(_LETTERS) for _ in range(5))
        return Puzzle(folded(word), typed=True, drawn=word)
    known = [q for q in map(question, quiz) if q] if mode == "quiz" else []
    if known:
        asked, right, *wrong = rng.choice(known)
        choices = [right, *wrong]
        rng.shuffle(choices)
        return Puzzle(str(choices.index(right)), {"question": asked}, tuple(choices))
    return Puzzle("0")


def folded(text: str) -> str:
    """An answer in its one spelling: width, case, spaces and marks do not matter."""
    wide = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in wide if c.isalnum())


def question(text: str) -> list[str] | None:
    """`Question | right | wrong | wrong`: the question, its right answer, then wrong ones; None when it is
    none."""
    parts = [p.strip() for p in text.replace("｜", "|").split("|")]
    answers = parts[1:]
    fits = (
        3 <= len(parts) <= 7
        and all(parts)
        and len(parts[0]) <= 300
        and all(len(a) <= LABEL_LIMIT for a in answers)
        and len(set(answers)) == len(answers)
    )
    return parts if fits else None


class Ending(Struct, frozen=True):
    """What happens to who does not answer: `kick`, `free`, `decline`, `tell` (a person decides) or
    nothing, and when."""

    what: str = ""
    at: datetime | None = None


def ending(now: datetime, *, kick: bool, kick_time: int, mute_time: int, request: bool) -> Ending:
    """The earlier of a kick and the end of the mute. An applicant is answered before Telegram stops
    letting the bot write."""
    if request:
        span = min(timedelta(seconds=kick_time), REQUEST_LIFE - MARGIN)
        return Ending("decline", now + span)
    if kick and (not mute_time or kick_time <= mute_time):
        return Ending("kick", now + timedelta(seconds=kick_time))
    if mute_time:
        return Ending("free", now + timedelta(seconds=mute_time))
    return Ending()


class Turned(Struct, frozen=True):
    """Somebody did not pass the captcha and was sent away; they may come back from `until` on. Or (`act`
    decline) their request to come in was turned down, or (`hold`) they stay and may not write."""

    chat: int
    person: int
    why: str
    until: datetime | None
    act: str = "kick"
