"""/help and /privacy: six lines for members; for admins one screen, and what each module and command does."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from msgspec import Struct

from groupbot import Answer, Button, Command, Refusal, Router, Send, Tap, Work, reply, sender_of
from groupbot.core.effects import Rows
from groupbot.engine.router import CommandRoute
from groupbot.features.members import service
from groupbot.features.members.domain import Started
from groupbot.features.moving.domain.keeping import KEEP_TEXT
from groupbot.features.promos.domain import PRIVACY_NOTICE

router = Router("help", about="What I can do, and what I keep")


LATER = "help_modules"  # what the start link of [More] carries
OF_MODULE = "help_m_"  # and that of a module's name
# the screen of a group: what each line is about, its modules and their short words; those of plug-ins follow
AREAS = {
    "By hand": {
        "moderation": "bans",
        "cleaning": "deleting",
        "cases": "cases",
        "reports": "reports",
        "approvals": "trusted",
        "staffing": "admins",
        "staff": "helpers",
    },
    "Rules": {
        "rules": "rules",
        "locks": "locks",
        "blocklist": "blocklist",
        "flood": "floods",
        "spam": "adverts",
        "guarding": "raids",
        "federation": "federations",
        "rehearse": "rehearsal",
    },
    "Joining": {"greetings": "welcome", "captcha": "captcha", "invites": "links"},
    "Words": {
        "notes": "notes",
        "filters": "filters",
        "notices": "notices",
        "promos": "plans",
        "menu": "menu",
        "topics": "topics",
    },
    "Play": {
        "checkin": "check-ins",
        "ledger": "points",
        "redpacket": "packets",
        "lottery": "draws",
        "quiz": "quizzes",
        "contest": "contests",
        "gathering": "events",
        "coupons": "coupons",
        "shop": "shop",
        "orders": "orders",
        "activations": "prices",
    },
    "People": {"care": "care", "experts": "experts", "market": "feedback", "segments": "segments"},
    "Group": {
        "setup": "set-up",
        "settings": "settings",
        "connect": "private",
        "commands": "commands",
        "log": "log",
        "engagement": "numbers",
        "moving": "import",
        "privacy": "privacy",
    },
}
WORDS = {name: word for modules in AREAS.values() for name, word in modules.items()}
OWN = {"help", "ping", "links"}  # commands of their own that nobody looks for here
SELDOM = {"bridges", "campaigns", "lifecycle", "roles", "scenes", "stores", "theme"}  # under all modules only


class More(Struct, frozen=True, tag="help.more"):
    """[更多]"""


class Module(Struct, frozen=True, tag="help.mod"):
    """One module's commands; "" for all modules."""

    name: str


def _admin(cmd: Command, work: Work) -> bool:
    return cmd.message.anonymous or (
        cmd.sender is not None and service.is_staff(work, work.chat, cmd.sender.id)
    )


def _modules(work: Work) -> dict[str, tuple[str, list[CommandRoute]]]:
    """The routers that have commands, by name: what for, and the commands, those in menus first. `x_y` is a
    part of `x`. In the order of AREAS, those of plug-ins at the end."""
    made: dict[str, tuple[str, list[CommandRoute]]] = {}
    for router_name, about in work.me.routers:
        name = router_name.partition("_")[0]
        found = [c for c in work.me.commands if c.router == router_name and c.who != "operator"]
        if found and name not in OWN:
            made.setdefault(name, (about, []))[1].extend(found)
    order = {name: n for n, name in enumerate(WORDS)}
    return {
        name: (made[name][0], sorted(made[name][1], key=lambda c: c.hidden or c.rare))
        for name in sorted(made, key=lambda name: order.get(name, len(order)))
    }


def _areas(work: Work) -> list[dict[str, Any]]:
    """Each line of a group's screen: what it is about, and its modules with the links that open them."""
    shown = _modules(work)
    areas = {area: [m for m in modules if m in shown] for area, modules in AREAS.items()}
    areas["More"] = [m for m in shown if m not in WORDS and m not in SELDOM]
    return [
        {"about": area, "modules": [{"word": _word(m), "url": _link(work, OF_MODULE + m)} for m in modules]}
        for area, modules in areas.items()
        if modules
    ]


def _word(module: str) -> str:
    return WORDS.get(module, module)


def _link(work: Work, payload: str) -> str:
    return f"https://t.me/{work.me.username}?start={payload}"


@router.command(
    "help",
    about="What I can do",
    where="any",
    usage="/help [MODULE|COMMAND]",
    example="/help locks",
    words=("帮助",),
    mirrored=True,
)
def help_(cmd: Command, work: Work) -> None:
    """Members get six lines; admins their commonest acts and every module on one screen. With a module or
    command: what it does."""
    private = cmd.chat.type == "private" or work.away is not None
    if cmd.args:
        _details(cmd, work)
        return
    admin = cmd.chat.type != "private" and _admin(cmd, work)
    work.say(
        Send(
            chat=work.chat,
            template="help/admin" if admin else "help/member",
            data={"areas": _areas(work)} if admin else {},
            buttons=((Button("more", More()),),) if admin else (),
            reply_to=None if cmd.chat.type == "private" else cmd.message.message_id,
            topic=cmd.message.topic,
            lifetime=None if private else 60,
        )
    )
    if private and cmd.sender is not None:
        _menu(work, cmd.sender.id)


def _details(cmd: Command, work: Work) -> None:
    """A command where it was asked; a module, which may be long, in private."""
    said = " ".join(cmd.args.split()).casefold()
    name = said.lstrip("/!")
    route = next((c for c in work.me.commands if name in (c.name, *c.aliases, *c.words)), None)
    module = _named(work, said)
    if module and not (route is not None and said != name):
        person = sender_of(cmd)
        private = cmd.chat.type == "private" or work.away is not None
        if private or (person > 0 and service.reachable(work, person)):
            _module(work, person, module)
            if not private:
                reply(work, cmd, "members/see_private")
        else:
            button = Button("open", url=_link(work, OF_MODULE + module))
            reply(work, cmd, "help/open", buttons=((button,),), word=_word(module))
    elif route is not None and route.who != "operator":
        reply(work, cmd, "help/command", **_told(route))
    else:
        near = get_close_matches(name, [c.name for c in work.me.commands if not c.hidden], 3, 0.6)
        raise Refusal("help/unknown", name=name[:32], near=near)


def _named(work: Work, said: str) -> str:
    """The module somebody means: its name, or its short word in any language; '' for none."""
    assert work.content is not None
    for name, (about, _) in _modules(work).items():
        ways = {name, about, _word(name), *(work.content.gettext("zh", t) for t in (about, _word(name)))}
        if said in {w.casefold() for w in ways}:
            return name
    return ""


def _told(c: CommandRoute) -> dict[str, Any]:
    return {
        "name": c.name,
        "about": c.about,
        "who": c.who,
        "usage": c.usage,
        "example": c.example,
        "others": [*(f"/{a}" for a in c.aliases), *c.words],
    }


@router.tap(More, who="admin")
def more(tap: Tap, work: Work) -> None:
    """Every module, in private; who never started the bot is led there."""
    assert tap.sender is not None
    if service.reachable(work, tap.sender.id):
        _menu(work, tap.sender.id)
        work.say(Answer(query_id=tap.query_id, template="members/see_private"))
    else:
        work.say(Answer(query_id=tap.query_id, url=_link(work, LATER)))


@router.on(Started)
def started(event: Started, work: Work) -> None:
    if event.payload == LATER:
        _menu(work, event.person)
    elif event.payload.startswith(OF_MODULE):
        _module(work, event.person, event.payload.removeprefix(OF_MODULE))


def _labels(work: Work, person: int) -> Rows:
    lang = service.voice(work, None, person)[0]
    assert work.content is not None
    buttons = []
    for name in _modules(work):
        word = work.content.gettext(lang, _word(name))
        buttons.append(Button(f"{word[:1].upper()}{word[1:]}"[:60], Module(name)))
    return tuple(tuple(buttons[i : i + 3]) for i in range(0, len(buttons), 3))


def _menu(work: Work, person: int) -> None:
    """All modules as buttons."""
    work.say(Send(user=person, template="help/modules", buttons=_labels(work, person)))


@router.tap(Module)
def module(tap: Tap, work: Work) -> None:
    """The commands of one module, or all modules again."""
    assert tap.sender is not None and isinstance(tap.data, Module)
    _module(work, tap.sender.id, tap.data.name)


def _module(work: Work, person: int, name: str) -> None:
    about, commands = _modules(work).get(name, ("", []))
    if not commands:
        _menu(work, person)
        return
    back = ((Button("back", Module("")),),)
    data = {"about": about, "commands": [_told(c) for c in commands]}
    work.say(Send(user=person, template="help/module", data=data, buttons=back))


@router.command("privacy", about="What I keep", where="any", words=("隐私",), always=True)
def privacy(cmd: Command, work: Work) -> None:
    """What is stored, for how long, and how to have it gone."""
    work.say(
        Send(
            chat=work.chat,
            template="help/privacy",
            data={
                "keeps": cmd.chat.type != "private" and service.get(work, work.chat, KEEP_TEXT),
                "notice": "" if cmd.chat.type == "private" else service.get(work, work.chat, PRIVACY_NOTICE),
            },
            reply_to=cmd.message.message_id if cmd.chat.type != "private" else None,
            topic=cmd.message.topic,
            lifetime=60 if cmd.chat.type != "private" else None,
        )
    )
