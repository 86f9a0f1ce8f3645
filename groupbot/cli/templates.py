"""`groupbot templates`: check them, see one as a member would, compare and take back versions."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from groupbot.cli._guest import there
from groupbot.cli._places import writable
from groupbot.cli._verdict import verdict
from groupbot.cli.audience import profiles
from groupbot.engine.content import SUFFIX, Content
from groupbot.engine.picture import bubble
from groupbot.engine.reader import looking
from groupbot.engine.rendering import Rendered, render_source, whole
from groupbot.engine.shipped import content_folders
from groupbot.engine.storage import sqlite_path
from groupbot.engine.words import in_zone
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.ledger import service as ledger
from groupbot.features.members import service as members
from groupbot.features.members.domain import Profile
from groupbot.features.promos import store
from groupbot.features.promos.domain import nearest
from groupbot.features.promos.service.filling import filled, of_chat
from groupbot.settings import Settings, load

app = typer.Typer(add_completion=False, no_args_is_help=True)
Workspace = Annotated[Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")]
Name = Annotated[str, typer.Argument(help="As code names it: promos/card")]
Lang = Annotated[str, typer.Option(help="zh or en.")]


@app.command()
def check(workspace: Workspace = None) -> None:
    """Every template compiled and rendered with its sample; what is wrong with each, with file and line."""
    content = _content(load(workspace))
    wrong = content.check()
    count = sum(1 for f in content.folders for _ in f.rglob(f"*{SUFFIX}"))
    verdict(f"{count} templates", wrong)


@app.command()
def preview(
    name: Name,
    workspace: Workspace = None,
    lang: Lang = "zh",
    chat: Annotated[str, typer.Option(help="As in the chat of this title: its zone, and what it has.")] = "",
    member: Annotated[str, typer.Option(help="As this member of it: @name, id or name as shown.")] = "",
    topic: Annotated[str, typer.Option(help="As in this topic: fills topic.")] = "",
    data: Annotated[str, typer.Option(help="Values over the sample, as YAML: '{price: 59}'.")] = "",
    png: Annotated[Path | None, typer.Option(help="Also draw it into this picture.")] = None,
) -> None:
    """One template as a member would read it: text, what is styled, its buttons."""
    settings = load(workspace)
    if png is not None:
        writable(png)
    content = _content(settings)
    if lang not in content.languages:
        raise Misfit(f"no language {lang!r}", next=f"--lang {' or --lang '.join(content.languages)}")
    source = content.sources(name, lang)[0]
    values: dict[str, Any] = dict(source.front.get("sample") or {})
    zone = "Asia/Shanghai" if lang == "zh" else "UTC"
    if chat:
        given, zone = _chat(settings, chat, member, zone, source.front)
        values |= {k: v for k, v in given.items() if k in values or k in (source.front.get("fills") or ())}
    elif member:
        values |= {k: v for k, v in _called(member).items() if k in values}
    values |= {"topic": topic} if topic and "topic" in values else {}
    values |= _given(data)
    with in_zone(zone):
        made = render_source(source, values)
    typer.echo(shown(made))
    if source.front.get("spoiler"):
        typer.echo("  spoiler: covered until it is pressed")
    if png is not None:
        typer.echo(str(_drawn(png, name, made)))


@app.command()
def diff(name: Name, workspace: Workspace = None, lang: Lang = "zh") -> None:
    """What differs between the template as it is and its last kept version, else the shipped one."""
    settings = load(workspace)
    content = _content(settings)
    now = content.sources(name, lang)[0]
    before = _versions(settings, name, lang)
    earlier = [v.text for v in before if v.digest != now.digest]
    shipped = content.folders[-1] / f"{name}.{lang}{SUFFIX}"
    if not earlier and shipped.is_file() and shipped != now.path:
        earlier = [shipped.read_text("utf-8")]
    if not earlier:
        typer.echo("no earlier version")
        return
    lines = difflib.unified_diff(
        earlier[-1].splitlines(), now.text.splitlines(), "before", "now", lineterm="", n=1
    )
    typer.echo("\n".join(lines) or "the same")


@app.command()
def versions(name: Name, workspace: Workspace = None, lang: Lang = "zh") -> None:
    """The versions kept of a template, the newest last."""
    kept = _versions(load(workspace), name, lang)
    if not kept:
        typer.echo("none is kept yet: a running bot keeps each edit that renders")
    for n, row in enumerate(kept, 1):
        typer.echo(f"v{n}  {row.at:%Y-%m-%d %H:%M}  {row.digest[:12]}  {len(row.text)} characters")


@app.command()
def rollback(
    name: Name,
    version: Annotated[int, typer.Argument(help="Its number in `groupbot templates versions`.")],
    workspace: Workspace = None,
    lang: Lang = "zh",
) -> None:
    """Write an earlier version into the workspace; a running bot takes it within seconds."""
    settings = load(workspace)
    found = _versions(settings, name, lang)
    if not 0 < version <= len(found):
        raise Misfit(
            f"no version {version} of {name}.{lang}", next=f"1 to {len(found)}" if found else "none is kept"
        )
    path = settings.folder / "content_templates" / f"{name}.{lang}{SUFFIX}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(found[version - 1].text, "utf-8")
    typer.echo(f"{path}: v{version}")


def shown(made: Rendered) -> str:
    """A rendered template as plain lines."""
    lines = [whole(made)]
    text = made.formatted.text.encode("utf-16-le")
    for e in made.formatted.entities:
        part = text[e.offset * 2 : (e.offset + e.length) * 2].decode("utf-16-le")
        lines.append(f"  {e.type}: {part}")
    lines += [f"  [{label}]" for label in made.labels.values()]
    return "\n".join(lines)


def _content(settings: Settings) -> Content:
    return Content(content_folders(settings.folder))


def _given(text: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text) if text else {}
    except yaml.YAMLError as e:
        raise Misfit(f"--data: {e}", next="write --data '{price: 59}'") from None
    if not isinstance(found, dict):
        raise Misfit("--data is not a mapping", next="write --data '{price: 59}'")
    return found


def _chat(
    settings: Settings, title: str, member: str, zone: str, front: dict[str, Any]
) -> tuple[dict[str, Any], str]:
    """What a template is given in this chat, for this member of it, and the chat's zone."""
    found = {p.title: p for p in profiles(settings)}
    if title not in found:
        raise Misfit(f"no chat {title!r}", next=nearest(title, found))
    with looking(settings.database) as work:
        given = had(work, found[title], member, front)
        return given, members.voice(work, found[title].chat, None)[1] or zone


def had(work: Work, profile: Profile, member: str, front: dict[str, Any]) -> dict[str, Any]:
    """What this chat and, where one is named, this member of it have: names, title, points, the group.

    Raises:
        Misfit: nobody of this name, @name or id is in the chat.
    """
    given = filled(front, profile.title) | {"title": profile.title, "chat": of_chat(profile)}
    if not member:
        return given
    rows = work.sql.plain(
        "SELECT person_id, first_name, last_name, username FROM v_member"
        f" WHERE chat_id = {profile.chat} AND left_at IS NULL ORDER BY person_id"
    )
    by: dict[str, tuple[int, str]] = {}
    for person, first, last, username in rows:
        name = " ".join(n for n in (first, last) if n)
        for said in (name, f"@{username}" if username else "", str(person)):
            by.setdefault(said, (int(person), name))
    if member not in by:
        raise Misfit(f"no member {member!r} in {profile.title}", next=nearest(member, by))
    person, name = by[member]
    points = ledger.points_of(work, profile.chat, person)
    return given | _called(name) | {"person": person, "points": points, "balance": points}


def _called(name: str) -> dict[str, Any]:
    """The names a member goes by in templates."""
    return {"name": name, "who": name, "member": name, "names": [name]}


def _versions(settings: Settings, name: str, lang: str) -> list[Any]:
    file = sqlite_path(settings.database)
    if file is not None and not file.exists():
        return []
    there(settings)
    with looking(settings.database) as work:
        return work.sql.all(store.VERSIONS, the_name=name, the_lang=lang)


def _drawn(path: Path, name: str, made: Rendered) -> Path:
    return bubble(path, name, whole(made), tuple(made.labels.values()))
