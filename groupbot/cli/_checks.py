"""The checks of `doctor`, as lines."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from msgspec import structs

from groupbot.cli._guest import bot_of
from groupbot.cli._looking import workspace as looking_at
from groupbot.cli._plans import looked
from groupbot.engine import neighbours, plugins
from groupbot.engine.addresses import RETIRED, chat
from groupbot.engine.content import Content
from groupbot.engine.inbox import quarantine
from groupbot.engine.keeping import wal
from groupbot.engine.migrate import current, head, known
from groupbot.engine.plugins import Registry
from groupbot.engine.shipped import content_folders, folder
from groupbot.engine.storage import Hot, open_engine, reading, sqlite_path
from groupbot.engine.urls import shown
from groupbot.errors import Misfit, Trouble
from groupbot.features.campaigns import service as campaigns
from groupbot.features.care import service as care
from groupbot.features.members.service.setup import RIGHTS
from groupbot.features.members.store import profile
from groupbot.features.promos import service as promos
from groupbot.features.quiz import service as quiz
from groupbot.features.scenes import service as scenes
from groupbot.settings import FILE, Settings
from groupbot.surfaces.telegram.looks import Seat, Self, seat

Mark = Literal["ok", "bad", "note"]
MARKS = {"ok": "✓", "bad": "✗", "note": "•"}
_q = quarantine.c
_ASIDE = Hot(lambda: sa.select(_q.id, _q.step, _q.error).where(_q.retried.is_(False)).order_by(_q.id))
AT_ONCE = 8  # getChatMember calls under way


@dataclass(frozen=True, slots=True)
class Line:
    """One check: how it stands, what it is about, what was found and what to do."""

    mark: Mark
    name: str
    what: str
    next: str = ""

    def asdict(self) -> dict[str, str]:
        """For --json."""
        return asdict(self)


def local_lines(settings: Settings, registry: Registry) -> list[Line]:
    """What can be checked without Telegram; `registry` is filled with what loads."""
    path = settings.folder / FILE
    lines = [
        Line("ok", "settings", str(path))
        if path.is_file()
        else Line(
            "note", "settings", f"no {FILE} in {settings.folder}: defaults and GROUPBOT_*", "groupbot init"
        )
    ]
    for name in ("handlers", "content_templates"):
        if not (settings.folder / name).is_dir():
            lines.append(Line("note", "workspace", f"no folder {name}/: only what ships", "groupbot init"))
    if settings.webhook_url and not settings.webhook_secret.reveal():
        lines.append(
            Line("bad", "webhook", "no secret: anybody could deliver", "set GROUPBOT_WEBHOOK_SECRET")
        )
    lines.append(_database(settings.database))
    if lines[-1].mark == "ok":
        try:
            bot_of(settings)
        except Misfit as e:
            lines.append(Line("bad", "database", e.what, e.next))
    if lines[-1].mark == "bad":  # what stands in files can be looked at without
        settings = structs.replace(settings, database_url="sqlite://")
    return lines + _plugins(settings, registry) + _templates(settings) + _plans(settings) + _lists(settings)


def _database(url: str) -> Line:
    try:
        said, path = shown(url), sqlite_path(url)
    except Misfit as e:
        return Line("bad", "database", e.what, e.next)
    if path is not None and not path.exists():
        if not path.parent.is_dir():
            return Line("bad", "database", f"no folder {path.parent}", "make it, or change database_url")
        return Line("note", "database", f"none yet at {path}", "the first run makes it")
    try:
        found, newest = current(url), head()
    except Misfit as e:
        return Line("bad", "database", f"{said}: {e.what}", e.next)
    if found == newest:
        return Line("ok", "database", f"{said}, revision {found}")
    if found is None:
        return Line("note", "database", f"{said} is empty", "the first run fills it")
    if not known(found):
        return Line(
            "bad",
            "database",
            f"{said} is at revision {found}, of a newer groupbot",
            "install the newer groupbot again, or restore the copy made before its migration",
        )
    return Line("note", "database", f"{said} is at {found}, newest is {newest}", "groupbot migrate")


def _plugins(settings: Settings, registry: Registry) -> list[Line]:
    found = plugins.load(settings.folder / "handlers", safe=settings.safe)
    for name in Registry.__slots__:
        setattr(registry, name, getattr(found, name))
    shipped = folder("handlers").resolve()
    own = [r.name for r in found.routers if shipped not in Path(r.source).parents]
    lines = [Line("ok", "handlers", ", ".join([f"{len(found.routers)}: what ships", *own]))]
    if settings.safe:
        lines.append(Line("note", "handlers", "safe mode: only what ships is loaded", "safe = false"))
    lines += [Line("note", "handlers", notice) for notice in found.notices]
    lines += [Line("bad", "handlers", f"{e.where}: {e.what}", e.next) for e in found.misfits]
    for router in found.routers:
        odd = sorted(set(router.needs) - set(RIGHTS))
        if odd:
            lines.append(
                Line(
                    "bad",
                    "handlers",
                    f"{router.source}: needs={', '.join(odd)} is no right",
                    f"known: {', '.join(RIGHTS)}",
                )
            )
    return lines


def _templates(settings: Settings) -> list[Line]:
    folders = [p for p in content_folders(settings.folder) if p.is_dir()]
    wrong = Content(folders).check()
    if wrong:
        return [Line("bad", "templates", f"{e.where}: {e.what}", e.next) for e in wrong]
    count = sum(1 for f in folders for _ in f.rglob("*.html.j2"))
    return [Line("ok", "templates", f"{count}, each rendered with its sample")]


def _plans(settings: Settings) -> list[Line]:
    shelf, wrong, _ = looked(settings)
    if wrong:
        return [Line("bad", "plans", f"{e.where}: {e.what}", e.next) for e in wrong]
    return [Line("ok", "plans", f"{len(shelf.plans)}, for {len(shelf.audiences)} audiences")]


def _lists(settings: Settings) -> list[Line]:
    """What was put aside, and the other files: recipes of care, scene cards, campaigns, books of quizzes."""
    with looking_at(settings) as work:
        cards, recipes = promos.checked(work, scenes.KIND), promos.checked(work, care.KIND)
        books = promos.checked(work, quiz.KIND)
        aside, others = work.sql.all(_ASIDE), neighbours.amiss(work) + wal.amiss(work)
    campaign = campaigns.read(content_folders(settings.folder))
    lines = [Line("note", e.where, e.what, e.next) for e in others]
    if aside:
        what = f"{len(aside)} put aside, last Q{aside[-1].id} in {aside[-1].step}: {aside[-1].error}"
        lines.append(Line("note", "quarantine", what, "groupbot quarantine list"))
    for kind, n, wrong in (
        ("recipes", len(recipes[0]), recipes[1]),
        ("scenes", len(cards[0]), cards[1]),
        ("campaigns", len(campaign.campaigns), campaign.misfits),
        ("quizzes", len(books[0]), books[1]),
    ):
        lines += [Line("bad", kind, f"{e.where}: {e.what}", e.next) for e in wrong]
        if not wrong:
            lines.append(Line("ok", kind, str(n)))
    return lines


def bot_lines(settings: Settings, me: Self) -> list[Line]:
    """Token, privacy mode, webhook against polling."""
    lines = [Line("ok", "token", f"@{me.username}")]
    if me.reads_all:
        lines.append(Line("ok", "privacy", "sees all messages of its groups"))
    else:
        lines.append(
            Line(
                "note",
                "privacy",
                "privacy mode is on: where it is no administrator it sees only commands and replies",
                "@BotFather: /setprivacy, Disable; then remove the bot from those groups and add it again",
            )
        )
    if me.webhook and not settings.webhook_url:
        lines.append(
            Line(
                "bad",
                "webhook",
                f"{me.webhook} is set, so polling gets nothing ({me.pending} waiting)",
                "groupbot doctor --remove-webhook, or set webhook_url",
            )
        )
    elif settings.webhook_url and me.webhook != settings.webhook_url:
        where = me.webhook or "none"
        lines.append(Line("note", "webhook", f"set at Telegram: {where}", "run sets it to webhook_url"))
    else:
        lines.append(Line("ok", "updates", f"webhook {me.webhook}" if me.webhook else "long polling"))
    if me.webhook_error:
        lines.append(Line("note", "webhook", f"Telegram's last delivery failed: {me.webhook_error}"))
    return lines


async def chat_lines(settings: Settings, registry: Registry, bot: Any, me: Self) -> list[Line]:
    """One line a group of this bot: rights against needs, kind, state, tier."""
    rows = _groups(settings.database, me.id)
    lanes = asyncio.Semaphore(AT_ONCE)

    async def one(row: Any) -> list[Line]:
        if row.state in ("kicked", "gone"):
            return [
                Line(
                    "note",
                    row.title,
                    f"the bot is not there any more ({row.state})",
                    "add it again if wanted",
                )
            ]
        if row.state == RETIRED:
            return [Line("note", row.title, "it was retired: the bot is silent there", "as it shall be")]
        async with lanes:
            try:
                found = await seat(bot, row.telegram_id)
            except Trouble as e:
                return [Line("bad", row.title, str(e), "add the bot again, or let it go")]
        return judge(row, found, registry.needs & set(RIGHTS), me)

    return [line for lines in await asyncio.gather(*map(one, rows)) for line in lines]


def judge(row: Any, found: Seat, needs: set[str], me: Self) -> list[Line]:
    """The lines of one group: `row` has title, type, state and tier."""
    lines: list[Line] = []
    name = row.title
    if found.status not in ("administrator", "creator", "member", "restricted"):
        return [
            Line("note", name, f"the bot is not there any more ({found.status})", "add it again if wanted")
        ]
    if found.status == "restricted" or row.state == "limited":
        lines.append(
            Line(
                "bad", name, "the bot is limited there: it cannot write", "lift it in the group's permissions"
            )
        )
    missing = needs - found.rights
    if row.type == "group" and "restrict" in needs:
        missing -= {"restrict"}
        lines.append(
            Line(
                "note",
                name,
                "a basic group: nobody can be muted there, rules stop at delete and warn",
                "make it a supergroup: Group settings, Chat history for new members: visible",
            )
        )
    if missing:
        what = f"lacks {', '.join(sorted(missing))}"
        if found.status != "administrator" and not me.reads_all:
            what += "; no administrator and in privacy mode: sees only commands"
        lines.append(Line("bad", name, what, "group's owner: Administrators, the bot, switch these on"))
    if row.tier is None:
        lines.append(
            Line(
                "note", name, "no tier: the bot only observes", "groupbot chats export, fill in tier, import"
            )
        )
    if not lines:
        lines.append(Line("ok", name, f"{row.tier}, has {', '.join(sorted(needs)) or 'all it needs'}"))
    return lines


def _groups(url: str, bot_id: int) -> list[Any]:
    if _database(url).mark == "bad":  # its own line tells
        return []
    path: Path | None = sqlite_path(url)
    if path is not None and not path.exists():
        return []
    engine = open_engine(url, read_only=True)
    query = (
        sa.select(chat.c.telegram_id, chat.c.title, chat.c.type, chat.c.state, profile.c.tier)
        .select_from(chat.outerjoin(profile, profile.c.chat_id == chat.c.id))
        .where(chat.c.bot_id == bot_id, chat.c.type.in_(["group", "supergroup"]), chat.c.state != "merged")
        .order_by(chat.c.id)
    )
    try:
        with reading(engine) as connection:
            return list(connection.execute(query).all())
    except sa.exc.DBAPIError:
        return []  # no tables yet; the database's own line tells
    finally:
        engine.dispose()
