"""The page of group settings, made from the routers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from groupbot.core.setting import Setting

_HEAD = """# Settings of a group

Every group sets these for itself: in private by `/settings`, with a command, or by a file (`/export`,
`/import`). What a group does not set comes from its tags, its region, its tier, then from the default row,
then from here; `/settings why NAME` says which. This page is made from the routers:
`python -m groupbot.cli._manual > docs/group-settings.md`.
"""


def page(settings: Mapping[str, Setting]) -> str:
    """docs/group-settings.md."""
    shown = sorted((s for s in settings.values() if not s.inner), key=lambda s: (s.module, s.key))
    lines = [_HEAD]
    for module, rows in groupby(shown, key=lambda s: s.module):
        lines += [f"## {module}", "", "| Setting | What it is | Takes | As shipped |", "|---|---|---|---|"]
        for s in rows:
            tiers = "".join(f"; {tier}: {_cell(s, v)}" for tier, v in s.by_tier.items())
            owner = " Only the owner." if s.owner else ""
            about = _safe(s.about) + "." + owner
            lines.append(f"| `{s.key}` | {about} | {_safe(s.expected)} | {_cell(s, s.default)}{tiers} |")
        lines.append("")
    return "\n".join(lines)


def _cell(s: Setting, value: object) -> str:
    text = s.show(value) if value not in ("", [], {}, ()) else ""
    return f"`{_safe(text)}`" if text else "nothing"


def _safe(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    from groupbot.engine.plugins import load

    print(page(load().settings), end="")
