"""The admin's guide: what routers declare, as the second part of docs/admins.md.

Write it anew: python -c 'from groupbot.engine.guide import rewrite; rewrite()'
"""

from __future__ import annotations

from pathlib import Path

from groupbot.core.setting import SWITCHES
from groupbot.engine.plugins import Registry, load
from groupbot.engine.router import CommandRoute

MARK = "<!-- from here on written by groupbot.engine.guide -->\n"
MANY = 20  # words of one command that are listed
PAGE = Path("docs") / "admins.md"
_RIGHTS = {"info": "change the group's info", "promote": "add admins", "topics": "manage topics"}
_WHERE = {"group": "", "private": "in private", "any": "anywhere"}


def described(registry: Registry) -> str:
    """Every command by router, as Markdown."""
    parts = []
    for router in registry.routers:
        if not router.commands:
            continue
        lines = [f"## {router.about}", ""]
        if router.needs:
            lines += [f"I need: {', '.join(sorted(router.needs))}.", ""]
        lines += ["| Command | What | Who | Example |", "|---|---|---|---|"]
        lines += [_line(c) for c in router.commands]
        shown = [f"`{s.key}`" for s in router.settings if not s.inner]
        if shown:
            lines += ["", f"Settings: {', '.join(shown)}."]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _line(c: CommandRoute) -> str:
    usage = c.usage or f"/{c.name}"
    names = f"`{usage}`" + "".join(f" · `/{a}`" for a in c.aliases) + "".join(f" · {w}" for w in c.words)
    who: str = "everybody" if c.who == "anyone" else c.who
    if c.right and c.who != "anyone":
        who += _may(c.right)
    for right in sorted(set(c.admin_args.values())):
        words = _words([a for a, asked in sorted(c.admin_args.items()) if asked == right])
        known = not right or (right == c.right and c.who != "anyone")
        who += f"; admins{'' if known else _may(right)} for {words}"
    where = _WHERE[c.where]
    return (
        "| "
        + " | ".join(
            cell.replace("|", "\\|")
            for cell in (
                names,
                c.about,
                f"{who}, {where}" if where else who,
                f"`{c.example}`" if c.example else "",
            )
        )
        + " |"
    )


def _words(said: list[str]) -> str:
    """Of the ways to say on and off two stand for all, of a long list its first."""
    kept = [w for w in said if w not in SWITCHES or w in ("on", "off")]
    more = f" and {len(kept) - 3} more" if len(kept) > MANY else ""
    return ", ".join(f"`{w}`" for w in (kept[:3] if more else kept)) + more


def _may(right: str) -> str:
    return f" who may {' and '.join(_RIGHTS.get(r, r) for r in right.split())}"


def rewrite(path: Path | str = PAGE) -> None:
    """Write the part below the mark anew."""
    page = Path(path)
    head = page.read_text("utf-8").partition(MARK)[0]
    page.write_text(head + MARK + "\n" + described(load()), "utf-8")
