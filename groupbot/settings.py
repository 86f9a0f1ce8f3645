"""One frozen Settings: `groupbot.toml` in the workspace, `GROUPBOT_*` in the environment (which wins).

Secrets belong in the environment. Each field's description is its help, its console label and its docs.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from groupbot.errors import Misfit

FILE = "groupbot.toml"


class Settings(BaseSettings):
    """How this bot runs."""

    model_config = SettingsConfigDict(
        env_prefix="GROUPBOT_", frozen=True, extra="forbid", populate_by_name=True
    )

    token: SecretStr = Field(
        SecretStr(""), description="The bot's token from @BotFather. Keep it in the environment."
    )
    base_url: str = Field(
        "https://api.telegram.org", description="Another Bot API server: its address without /bot."
    )
    database_url: str = Field("", description="SQLAlchemy URL; empty: groupbot.db in the workspace.")
    workspace: Path = Field(
        Path(), description="The folder with groupbot.toml, handlers/ and content_templates/."
    )
    operators: Annotated[tuple[int, ...], NoDecode] = Field(
        (), description="Telegram user ids of the operators; in the environment with commas between."
    )
    ops_chat: int = Field(0, description="Telegram id of the private chat of administrators; 0: none.")
    webhook_url: str = Field("", description="Public https address for a webhook; empty: long polling.")
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="Secret Telegram sends with each delivery; needed with webhook_url.",
    )
    listen: str = Field("127.0.0.1:8080", description="host:port of webhook and /healthz.")
    health: bool = Field(True, description="Serve /healthz and /metrics on `listen`.")
    rate: float = Field(27.0, gt=0, le=1000, description="Messages a second, all chats together.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    log_json: bool = Field(False, description="Log JSON lines instead of text.")
    safe: bool = Field(False, description="Load no plug-ins, only what ships with groupbot.")

    @field_validator("operators", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """1,2 or [1, 2]"""
        return [w for w in re.split(r"[\s,\[\]]+", value) if w] if isinstance(value, str) else value

    @property
    def database(self) -> str:
        """The database URL, the default filled in."""
        return self.database_url or f"sqlite:///{(self.workspace / 'groupbot.db').resolve()}"

    @property
    def folder(self) -> Path:
        """The workspace as an absolute path."""
        return self.workspace.resolve()


def load(workspace: Path | None = None, **given: Any) -> Settings:
    """Settings of a workspace.

    Raises:
        Misfit: names the file and line, or the variable, and the next step.
    """
    place = workspace or Path(os.environ.get("GROUPBOT_WORKSPACE") or ".")
    path = place / FILE
    table: dict[str, Any] = {}
    if path.is_file():
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
            line = re.search(r"line (\d+)", str(e))
            where = f"{path}:{line[1]}" if line else str(path)
            raise Misfit(str(e), where=where, next="mend this line") from None
    from_env = {k for k in Settings.model_fields if f"GROUPBOT_{k.upper()}" in os.environ}
    merged = {k: v for k, v in table.items() if k not in from_env} | {"workspace": place} | given
    try:
        return Settings(**merged)
    except ValidationError as e:
        first = e.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        known = name in Settings.model_fields
        close = difflib.get_close_matches(name, list(Settings.model_fields), 1)
        about = Settings.model_fields[name].description if known else None
        raise Misfit(
            f"{name}: {first['msg']}" if known else f"{name} is no setting",
            where=_where(path, name, table),
            next=about
            or (f"did you mean {close[0]}?" if close else f"known: {', '.join(Settings.model_fields)}"),
        ) from None


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
    for name, field in Settings.model_fields.items():
        value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        default = "" if value in ("", ()) else f"`{shown}`"
        lines.append(f"| `{name}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def _where(path: Path, name: str, table: dict[str, Any]) -> str:
    if name in table:
        for n, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.split("=")[0].strip() == name:
                return f"{path}:{n}"
    return f"GROUPBOT_{name.upper()}"
