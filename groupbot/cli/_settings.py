"""The page of the operator's settings: `python -m groupbot.cli._settings > docs/settings.md`."""

from __future__ import annotations

from groupbot.settings import known


def described() -> str:
    """docs/settings.md: every setting with its default and its meaning."""
    lines = [
        "# Settings",
        "",
        "Each can stand in `groupbot.toml` under its name, or in the environment as `GROUPBOT_NAME`, which",
        "wins. Keep secrets in the environment.",
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
