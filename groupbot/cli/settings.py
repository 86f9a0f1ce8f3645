"""`groupbot settings export|apply|set`: a group's settings as one YAML file, and what groups inherit, for all
or for a segment; beside a running bot."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli._guest import chat_named, visiting
from groupbot.core.setting import Unfit
from groupbot.engine import logs
from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.members import service as members
from groupbot.features.members.domain import ATTRIBUTES, TIERS
from groupbot.features.members.service import choosing
from groupbot.features.moving.domain import file as files
from groupbot.features.moving.service import files as moving
from groupbot.features.moving.service import showing, take
from groupbot.settings import Settings, load

app = typer.Typer(add_completion=False, no_args_is_help=True)
Workspace = Annotated[Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")]
Chat = Annotated[str, typer.Argument(help="The group's title or Telegram id.")]


@app.callback()
def settings() -> None:
    """A group's settings as one YAML file; what groups inherit."""
    logs.set_up("warning")


@app.command("export")
def export_(
    chat: Chat,
    workspace: Workspace = None,
    module: Annotated[list[str] | None, typer.Option(help="Only this module; may be repeated.")] = None,
    rose: Annotated[bool, typer.Option("--rose", help="As the file Rose imports.")] = False,
) -> None:
    """Print the settings of CHAT; secrets are left out."""
    print(asyncio.run(_export(load(workspace), chat, tuple(module or ()), rose)), end="")


@app.command("apply")
def apply(
    file: Annotated[Path, typer.Argument(help="The YAML file.")],
    chat: Annotated[str, typer.Option(help="The group; default: the one the file names.")] = "",
    workspace: Workspace = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Show what FILE would change, ask, and change all of it or nothing."""
    made = load(workspace)
    shown, mark, title = asyncio.run(_plan(made, file, chat))
    if not shown:
        print(f"nothing to change in {title}")
        return
    print(f"{title}:")
    for line in shown:
        print(f"  {line}")
    if not yes and not _sure(len(shown)):
        print("nothing was changed")
        raise typer.Exit(1)
    n = asyncio.run(_apply(made, file, chat, mark))
    print(f"{n} values changed in {title}")


def _sure(n: int) -> bool:
    if not sys.stdin.isatty():
        raise Misfit("nobody to ask", next="add --yes to apply without asking")
    return typer.confirm(f"change {n} values?")


@app.command("set")
def set_(
    key: Annotated[str, typer.Argument(help="A setting, as /settings names it.")],
    value: Annotated[str, typer.Argument(help="Its value; `default` takes back what the level says.")],
    level: Annotated[
        str, typer.Option("--for", help="default, tier:store, region:…, tag:…, scale:large, …")
    ] = "default",
    workspace: Workspace = None,
) -> None:
    """Set KEY for all groups, or for those of a segment; what a group sets itself stands above it."""
    print(asyncio.run(_set(load(workspace), key, value, level)))


async def _set(settings: Settings, key: str, value: str, level: str) -> str:
    segment = _segment(level)

    def write(work: Work) -> str:
        try:
            setting = choosing.find(work, key)
        except Refusal as e:
            near = ", ".join(e.data.get("near", ()))
            raise Misfit(
                f"no setting {key!r}", next=f"nearest: {near}" if near else "see /settings"
            ) from None
        if setting.owner or setting.secret or setting.key in work.me.conditions:
            raise Misfit(f"{setting.key} is set in each group", next=f"/settings {setting.key} there")
        if value.strip().lower() in choosing.INHERIT:
            members.unset(work, setting, segment=segment)
            return f"{setting.key} is inherited again for {level}"
        try:
            made = setting.parse(value)
        except Unfit as e:
            raise Misfit(f"{setting.key}: expected {e.expected}", next=f"for example {e.example}") from None
        members.put(work, setting, made, segment=segment)
        return f"{setting.key} is {choosing.written(setting, made)} for {level}"

    async with visiting(settings) as guest:
        return await guest.write("settings:set", write)


def _segment(level: str) -> str | None:
    """The segment a level names; None for the default of all groups."""
    if level == "default":
        return None
    kind, _, name = level.partition(":")
    known = {"tier": TIERS, "region": None, "tag": None, **ATTRIBUTES}
    if not name or kind not in known:
        raise Misfit(f"no level {level!r}", next="default, " + ", ".join(f"{k}:…" for k in known))
    words = known[kind]
    if words is not None and name not in words:
        raise Misfit(f"no {kind} {name!r}", next=f"known: {', '.join(words)}")
    return level


async def _export(settings: Settings, chat: str, modules: tuple[str, ...], rose: bool) -> str:
    def write(work: Work) -> str:
        number = chat_named(work, chat)
        return moving.rose_of(work, number) if rose else moving.text_of(work, number, modules)

    async with visiting(settings) as guest:
        try:
            return await guest.write("settings:export", write)
        except Refusal as e:
            raise Misfit(
                f"no module {e.data.get('name')!r}", next="known: " + ", ".join(e.data.get("modules", ()))
            ) from None


async def _plan(settings: Settings, file: Path, chat: str) -> tuple[list[str], str, str]:
    async with visiting(settings) as guest:
        return await guest.write("settings:look", partial(_look, file=file, chat=chat))


def _look(work: Work, *, file: Path, chat: str) -> tuple[list[str], str, str]:
    number, changes = _changes(work, file, chat)
    shown = []
    for c in changes:
        line = showing.line(work, c)
        topic = f"topic {c.topic} " if c.topic is not None else ""
        no = "none" if c.book else "inherited"
        key = f"{c.book}: {line['key']}" if c.book else c.key
        shown.append(f"{topic}{key}: {line['before'] or no} → {line['after'] or no}")
    return shown, moving.mark_of(work, number), members.title(work, number)


async def _apply(settings: Settings, file: Path, chat: str, mark: str) -> int:
    def write(work: Work) -> int:
        number, changes = _changes(work, file, chat)
        if moving.mark_of(work, number) != mark:
            raise Misfit("the settings changed meanwhile", where=str(file), next="apply again")
        for change in changes:
            take(work, number, change, None)
        for change in changes:  # as things stand when all of it is done
            if change.after is not None and not change.book:
                _admitted(work, number, change, file)
        return len(changes)

    async with visiting(settings) as guest:
        return await guest.write("settings:apply", write)


def _admitted(work: Work, number: int, change: files.Change, file: Path) -> None:
    try:
        choosing.admit(work, number, work.me.settings[change.key], change.after)
    except Refusal as no:
        said = work.content.render(no.template, "en", no.data).formatted.text if work.content else no.template
        raise Misfit(
            f"{change.key}: {' '.join(said.split())}",
            where=str(file),
            next=f"leave {change.key} out of the file, or apply again when it may be set",
        ) from None


def _changes(work: Work, file: Path, chat: str) -> tuple[int, list[files.Change]]:
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as e:
        raise Misfit(f"cannot be read: {e}", where=str(file), next="give the path of a file") from None
    try:
        made = files.read(text, moving.chosen(work))
        number = chat_named(work, chat or made.chat)
        return number, moving.changes_of(work, number, made)
    except files.Misread as e:
        first = e.wrong[0]
        more = (
            f" ({len(e.wrong) - 1} more: {'; '.join(w.text() for w in e.wrong[1:])})" if e.wrong[1:] else ""
        )
        raise Misfit(
            f"{first.field}: expected {first.expected}{more}",
            where=f"{file}:{first.line}",
            next=f"for example {first.example}" if first.example else "mend this line",
        ) from None
    except Refusal as e:
        raise Misfit(f"refused: {e.template}", where=str(file), next="name fewer notes or filters") from None
