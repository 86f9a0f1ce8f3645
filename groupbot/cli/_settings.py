"""The page of the operator's settings: `python -m groupbot.cli._settings > docs/settings.md`."""

from __future__ import annotations

from groupbot.settings import ESSENTIAL, known


def described() -> str:
    """docs/settings.md: every setting with its default and its meaning."""
    lines = [
        "# Settings",
        "",
        "Each can stand in `groupbot.toml` under its name, or in the environment as `GROUPBOT_NAME`, which",
        "wins. Keep secrets in the environment.",
        "",
        "A line that does not fit costs only itself: `groupbot run` names it with file, line and next step,",
        "in the log and once in the operators' chat, leaves it out, and runs with the default. `doctor` says",
        "the same. The bot does **not** run where such a line may have meant one of these, and the",
        "environment does not give it:",
        f"{', '.join(f'`{n}`' for n in ESSENTIAL if n != 'workspace')}.",
        "A bot on another, empty database, or one whose posts need nobody's approval any more, would be",
        "worse than none. So a file that cannot be read at all needs these in the environment:",
        "`GROUPBOT_TOKEN`, `GROUPBOT_DATABASE_URL`, `GROUPBOT_OPERATORS`, `GROUPBOT_OPS_CHAT` (0: none).",
        "",
        "| setting | default | meaning |",
        "|---|---|---|",
    ]
    for name, field in known().items():
        value = "" if field.secret else field.default
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        default = "" if value in ("", ()) else f"`{shown}`"
        lines.append(f"| `{name}` | {default} | {field.about} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(described(), end="")
