"""Settings are read: file and environment, each mistake named with its place and the next step.

Where the bot shall run in spite of a mistake, what does not fit is left out and the default counts. Never so
for what is `ESSENTIAL`: what may have stood there is given elsewhere, or nothing runs.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec

from groupbot.core.setting import switch_of
from groupbot.errors import Misfit
from groupbot.settings.apart import Broken, apart
from groupbot.settings.declared import FILE, PREFIX, Settings, known

ESSENTIAL = (  # who the bot is, where it writes, who may command it: without ops_chat posts need no approval
    *("token", "base_url", "database_url", "webhook_url", "webhook_secret", "orders_secret", "workspace"),
    *("operators", "ops_chat"),
)
PORTS = 65_535  # the last one
UNSAID = ("token", "database_url", "operators", "ops_chat")  # what lines nobody can read may have said


def load(workspace: Path | None = None, dropped: list[Misfit] | None = None, **given: Any) -> Settings:
    """Settings of a workspace.

    With a list `dropped` what does not fit is left out and named there, and the rest counts; but for what
    is `ESSENTIAL` and stands nowhere else.

    Raises:
        Misfit: names the file and line, or the variable, and the next step.
    """
    place = workspace or Path(os.environ.get("GROUPBOT_WORKSPACE") or ".")
    path, environment = place / FILE, _environment()
    table, broken = _file(path)
    sure = {*environment, *given, *(["workspace"] if workspace else [])}
    if "workspace" in table:
        what = "workspace: does not belong into the file"
        wrong = Misfit(what, where=_where(path, "workspace", table), next=_wanted("workspace"))
        if dropped is None or "workspace" not in sure:
            raise wrong
        dropped.append(wrong)
        del table["workspace"]
    for part in broken:
        wrong, meant = _unread(part, path)
        if dropped is None:
            raise wrong
        _dare(wrong, [n for n in meant if n not in {*table, *sure}])
        dropped.append(wrong)
        if "safe" in meant:  # in doubt no plug-ins
            environment = {"safe": "on"} | environment
    return _made(table, environment, {"workspace": place} | given, path, dropped)


def _file(path: Path) -> tuple[dict[str, Any], list[Broken]]:
    try:
        return apart(path.read_bytes().decode("utf-8-sig", "replace"))
    except (FileNotFoundError, NotADirectoryError):
        return {}, [Broken(0, "is a link to nowhere", "")] if path.is_symlink() else []
    except OSError as e:
        return {}, [Broken(0, f"cannot be read: {e.strerror}", "")]


def _unread(part: Broken, path: Path) -> tuple[Misfit, list[str]]:
    """What to tell of broken lines, and the settings they may have meant."""
    words = re.findall(r"\w+", part.text)
    name = words[0] if words else ""
    meant = [n for n in known() if n in words]
    what, step = part.error, "mend this line" if part.line else "make it a file of text"
    if name in known():
        what, step = f"{name}: {part.error}", _wanted(name)
    elif _near(name) and "://" not in part.text:
        meant.append(_near(name))
        step = f"did you mean {_near(name)}?"
    else:
        meant += UNSAID
    return Misfit(what, where=f"{path}:{part.line}" if part.line else str(path), next=step), meant


def _dare(wrong: Misfit, meant: list[str]) -> None:
    """Go on without what is wrong, but not where it may have been essential.

    Raises:
        Misfit: to run as another bot, on another database or for others is worse than not to run.
    """
    names = [n for n in ESSENTIAL if n in meant]
    if names:
        told = f"{', '.join(names)} may be meant; a bot on another database or for others is worse than none"
        variables = " and ".join(PREFIX + n.upper() for n in names)
        step = f"{wrong.next}{' Or' if wrong.next.endswith('?') else ', or'} give {variables}"
        raise Misfit(f"{wrong.what}; {told}", where=wrong.where, next=f"{step} in the environment")


def _environment() -> dict[str, str]:
    return {n: os.environ[PREFIX + n.upper()] for n in known() if PREFIX + n.upper() in os.environ}


def _made(
    table: Mapping[str, Any],
    environment: Mapping[str, str],
    given: Mapping[str, Any],
    path: Path,
    dropped: list[Misfit] | None,
) -> Settings:
    """What is given counts before the environment, that before the file, that before the default."""
    chosen: dict[str, Any] = {}
    for name, value in {**table, **environment, **given}.items():
        meant: list[str] = []
        try:
            if name not in known():
                sure = {*table, *environment, *given}
                meant = [n for n in _may_mean(name, value) if n not in sure]
                raise _no_setting(name, path, table)
            chosen[name] = _read(name, value, spelled=name in environment and name not in given)
        except msgspec.ValidationError as e:
            what = str(e).partition(" - at ")[0].replace("`", "")
            what = "is of another form" if "regex" in what else what
            where = _where(path, name, {} if name in environment else table)
            wrong = Misfit(f"{name}: {what[:1].lower()}{what[1:]}", where=where, next=_wanted(name))
        except Misfit as e:
            wrong = e
        else:
            continue
        if dropped is None or name in given or name in ESSENTIAL:
            raise wrong
        _dare(wrong, meant)
        dropped.append(wrong)
        if name == "safe":  # in doubt no plug-ins
            chosen[name] = True
    return Settings(**chosen)


def _may_mean(name: str, value: Any) -> list[str]:
    """Essential settings that a name nobody knows may stand for."""
    found = [_near(name), *_inside(value)]
    if isinstance(value, str) and "://" in value and not _near(name):
        found.append("database_url")
    return found


def _inside(value: Any) -> list[str]:
    """The settings named within a table: under a heading none counts."""
    if not isinstance(value, dict):
        return []
    return [n for name, each in value.items() for n in (name, _near(name), *_inside(each)) if n in known()]


def _near(name: str) -> str:
    return next(iter(difflib.get_close_matches(name.lower(), list(known()), 1)), "")


def _read(name: str, value: Any, *, spelled: bool) -> Any:
    """A value in its type; `spelled` ones stand in the environment, where all is text.

    Raises:
        ValidationError: it does not fit.
    """
    kind = known()[name].kind
    if isinstance(value, str):
        if isinstance(known()[name].default, bool) and (said := switch_of(value)) is not None:
            return said
        if spelled and isinstance(known()[name].default, tuple):  # 1,2 or [1, 2]
            value = [w for w in re.split(r"[\s,\[\]]+", value) if w]
    made = msgspec.convert(value, kind, strict=False, dec_hook=_own)
    if name == "listen" and (port := int(made.rpartition(":")[2])) > PORTS:
        raise msgspec.ValidationError(f"There is no port {port}, they go from 0 to {PORTS}")
    return made


def _own(kind: type, value: Any) -> Any:
    if isinstance(value, kind):
        return value
    if not isinstance(value, str):
        raise msgspec.ValidationError("Expected `str`")
    return kind(value)


def _no_setting(name: str, path: Path, table: Mapping[str, Any]) -> Misfit:
    step = f"did you mean {_near(name)}?" if _near(name) else f"known: {', '.join(known())}"
    if isinstance(table.get(name), dict):
        step = "write its settings without a heading and without a dot"
    return Misfit(f"{name} is no setting", where=_where(path, name, table), next=step)


def _wanted(name: str) -> str:
    """What to write instead of a wrong value."""
    kind, default = known()[name].kind.__origin__, known()[name].default
    if name == "workspace":
        return "take it out: the folder this file lies in is it; for another: --workspace, GROUPBOT_WORKSPACE"
    if get_origin(kind) is Literal:
        return f"write one of {', '.join(get_args(kind))}, for example {json.dumps(default)}"
    if isinstance(default, bool):
        return f"write true or false, for example {json.dumps(default)}"
    if isinstance(default, int | float):
        return f"write a number, for example {default}"
    if isinstance(default, tuple):
        return "write numbers in brackets, for example [123456789]"
    example = f", for example {json.dumps(default)}" if default and isinstance(default, str) else ""
    return f"write text in quotes{example}"


def _where(path: Path, name: str, table: Mapping[str, Any]) -> str:
    if name in table:
        for n, line in enumerate(path.read_bytes().decode("utf-8-sig", "replace").split("\n"), 1):
            if re.match(rf"""[\s\["']*{re.escape(name)}[\s\]"'.=]""", line):
                return f"{path}:{n}"
        return str(path)
    return PREFIX + name.upper()
