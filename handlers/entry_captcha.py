"""/captcha and what belongs to it."""

from __future__ import annotations

from groupbot import Answer, Ban, Command, Refusal, Router, Tap, Work, reply, sender_of
from groupbot.features.approvals.domain import Approved
from groupbot.features.entry import service
from groupbot.features.entry.domain import CAPTCHA, CAPTCHAS, CASE, MODE, MODES, Out, Turned
from groupbot.features.members import service as members
from groupbot.features.members.domain import Changed
from groupbot.features.moderation.domain.acts import Acted
from groupbot.features.rules import service as rules
from groupbot.features.rules.domain.cases import Settled

from .entry import other

router = Router(
    "captcha", about="Newcomers show that they are people", keeps="the captcha's settings", settings=CAPTCHAS
)


@router.condition(CAPTCHA)
def needs_supergroup(work: Work, chat: int, value: bool) -> None:
    service.can_ask(work, chat, value)


@router.condition(MODE)
def needs_questions(work: Work, chat: int, value: str) -> None:
    service.can_quiz(work, chat, value)


@router.on(Turned)
def turned(made: Turned, work: Work) -> None:
    """Somebody was sent away, not let in, or may not write: a case, and a line in the log."""
    rules.by_rule(work, made.chat, CASE, made.act, made.person, matched=made.why, until=made.until)


@router.on(Settled)
def settled(made: Settled, work: Work) -> None:
    """What became of who did not pass is taken back: they may write, or come in when they ask again."""
    if made.result == "undone" and made.case.rule == CASE[0]:
        service.let_in(work, made.case.chat, made.case.actor, other)


@router.on(Acted)
def acted(made: Acted, work: Work) -> None:
    """Staff let a newcomer write by a command, as they might in their own client."""
    if made.act == "unmute":
        service.freed(work, made.chat, made.actor)


@router.on(Approved)
def approved(made: Approved, work: Work) -> None:
    """Staff trust a newcomer: no answer is awaited."""
    if not made.gone:
        service.approved(work, made.chat, made.person, other)


@router.on(Changed)
def switched(made: Changed, work: Work) -> None:
    """Switched off by the menu or a file, or inherited so: nobody is waited for either."""
    if made.key == CAPTCHA.key and not members.get(work, made.chat, CAPTCHA):
        service.release(work, made.chat, other)


@router.tap(Out, who="admin", right="restrict", bot_right="restrict")
def out(tap: Tap, work: Work) -> None:
    """Somebody did not answer, and a person sends them away; they may come back."""
    assert isinstance(tap.data, Out) and tap.sender is not None
    chat, person, by = tap.data.chat, tap.data.person, tap.sender.id
    if not members.is_here(work, chat, person) or members.is_staff(work, chat, person):
        raise Refusal("entry/not_here", name=members.name(work, person))
    service.send_away(work, tap.data)
    case = rules.by_hand(work, chat, "kick", person, by, reason="captcha")
    work.say(Ban(chat=chat, member=person, kick=True, why=case.why))
    work.emit(Acted(chat, "kick", by, person, case.reason, case.number))
    data = {"name": members.name(work, person), "number": case.number}
    work.say(Answer(query_id=tap.query_id, template="entry/out", data=data))


def _captcha(cmd: Command, work: Work, what: str, said: str = "") -> None:
    said = said or cmd.args
    if said:
        service.change(work, work.chat, what, said, sender_of(cmd) or None, other)
    reply(work, cmd, "entry/settings", **service.captcha_state(work, work.chat))


@router.command(
    "captcha",
    about="Newcomers show that they are people: on or off",
    who="admin",
    right="restrict",
    usage="/captcha on|off",
    example="/captcha on",
)
def captcha(cmd: Command, work: Work) -> None:
    _captcha(cmd, work, "captcha")


@router.command(
    "captchamode",
    about="How newcomers show it",
    who="admin",
    right="restrict",
    usage="/captchamode " + "|".join(MODES),
    example="/captchamode math",
)
def captchamode(cmd: Command, work: Work) -> None:
    _captcha(cmd, work, "captchamode")


@router.command(
    "captchakick",
    rare=True,
    about="Send away newcomers who do not answer: on or off",
    who="admin",
    right="restrict",
    usage="/captchakick on|off",
    example="/captchakick on",
)
def captchakick(cmd: Command, work: Work) -> None:
    _captcha(cmd, work, "captchakick")


@router.command(
    "captchakicktime",
    rare=True,
    about="How long newcomers have to answer",
    who="admin",
    right="restrict",
    usage="/captchakicktime 5m",
    example="/captchakicktime 10m",
)
def captchakicktime(cmd: Command, work: Work) -> None:
    _captcha(cmd, work, "captchakicktime")


@router.command(
    "captchamutetime",
    rare=True,
    about="When who did not answer may write all the same (0: never)",
    who="admin",
    right="restrict",
    usage="/captchamutetime 0|1d",
    example="/captchamutetime 1d",
)
def captchamutetime(cmd: Command, work: Work) -> None:
    _captcha(cmd, work, "captchamutetime")


@router.command(
    "setcaptchatext",
    rare=True,
    about="The words on the captcha's button",
    who="admin",
    right="restrict",
    usage="/setcaptchatext TEXT",
    example="/setcaptchatext Let me in",
)
def setcaptchatext(cmd: Command, work: Work) -> None:
    if not cmd.args:
        raise Refusal("common/usage")
    _captcha(cmd, work, "captchatext")


@router.command(
    "resetcaptchatext",
    rare=True,
    about="The usual words on the captcha's button",
    who="admin",
    right="restrict",
)
def resetcaptchatext(cmd: Command, work: Work) -> None:
    _captcha(cmd, work, "captchatext", " ")


@router.command(
    "captcharules",
    rare=True,
    about="Newcomers accept the rules too: on or off",
    who="admin",
    right="restrict",
    usage="/captcharules on|off",
    example="/captcharules on",
)
def captcharules(cmd: Command, work: Work) -> None:
    _captcha(cmd, work, "captcharules")


@router.command(
    "captchaquiz",
    rare=True,
    about="Questions for the captcha",
    who="admin",
    right="restrict",
    usage="/captchaquiz QUESTION | RIGHT | WRONG | WRONG · drop N",
    example="/captchaquiz What do we sell? | Hawthorn | Cars | Shoes",
)
def captchaquiz(cmd: Command, work: Work) -> None:
    if cmd.args:
        service.change(work, work.chat, "captchaquiz", cmd.args, sender_of(cmd) or None, other)
    questions = [{"question": q[0], "answers": q[1:]} for q in service.questions(work, work.chat)]
    reply(work, cmd, "entry/questions", questions=questions)
