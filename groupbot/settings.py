"""One frozen Settings: `groupbot.toml` in the workspace, `GROUPBOT_*` in the environment (which wins).

Secrets belong in the environment. Each field's description is its help, its console label and its docs.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from groupbot.errors import Misfit

FILE = "groupbot.toml"
TELEGRAM = "https://api.telegram.org"
DRAND = ("https://api.drand.sh", "https://api2.drand.sh", "https://drand.cloudflare.com")
FATAL = frozenset(("token", "base_url", "database_url", "webhook_url", "webhook_secret", "workspace"))


class Settings(BaseSettings):
    """How this bot runs."""

    model_config = SettingsConfigDict(
        env_prefix="GROUPBOT_", frozen=True, extra="forbid", populate_by_name=True
    )

    token: SecretStr = Field(
        SecretStr(""), description="The bot's token from @BotFather. Keep it in the environment."
    )
    base_url: str = Field(TELEGRAM, description="Another Bot API server: its address without /bot.")
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
    rate: float = Field(
        29.5,
        gt=0,
        le=1000,
        description="Messages a second at most, all chats together. Where Telegram wants less, the bot slows "
        "down by itself.",
    )
    stars: int = Field(
        0,
        ge=0,
        description="Telegram Stars that one paid broadcast may cost at most, 0.1 a group; 0: none is sent. "
        "Telegram wants 100,000 Stars on the bot's balance and Paid Broadcasts switched on at @BotFather.",
    )
    ephemeral: bool = Field(
        False,
        description="Show notices in the group to the member concerned alone (ephemeral messages, Bot API "
        "10.2 and later). The server must first prove to have them, without a word being said; what it shows "
        "to all in spite of that is deleted at once and not tried again until the next start. Where it "
        "cannot be, notices go to the private chat, else as one line without a name.",
    )
    beacon: str = Field(
        "auto",
        description="Mirrors of drand whose public random numbers decide draws, https addresses with blanks "
        "between; off: none, draws are the weaker commit-and-reveal and say so; auto: the public mirrors, "
        "where base_url is Telegram's own.",
    )
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
    def mirrors(self) -> tuple[str, ...]:
        """Where public random numbers come from; none in the sandbox, which leaves the machine alone."""
        if self.beacon == "auto":
            return DRAND if self.base_url == TELEGRAM else ()
        return () if self.beacon == "off" else tuple(self.beacon.split())

    @property
    def of_the_bot(self) -> dict[str, Any]:
        """What decisions know of these settings: fields of `Me`."""
        return {
            "whispers": self.ephemeral,
            "beacon": bool(self.mirrors),
            "ops_chat": self.ops_chat,
            "operators": self.operators,
            "stars": self.stars,
        }

    @property
    def folder(self) -> Path:
        """The workspace as an absolute path."""
        return self.workspace.resolve()


def load(workspace: Path | None = None, dropped: list[Misfit] | None = None, **given: Any) -> Settings:
    """Settings of a workspace.

    With a list `dropped` a setting that does not fit is left out and named there, and the rest counts;
    but for what decides who the bot is and where it writes (`FATAL`), and a file that cannot be read.

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
    while True:
        try:
            return Settings(**merged)
        except ValidationError as e:
            first = e.errors()[0]
            name = str(first["loc"][0]) if first["loc"] else "?"
            wrong = _misfit(name, first["msg"], path, table)
            if dropped is None or name in FATAL or name in given or name == "?":
                raise wrong from None
            dropped.append(wrong)
            if name not in Settings.model_fields:
                del merged[name]
            else:  # what is given here wins over the environment; in doubt no plug-ins
                merged[name] = name == "safe" or Settings.model_fields[name].default


def _misfit(name: str, message: str, path: Path, table: dict[str, Any]) -> Misfit:
    known = Settings.model_fields.get(name)
    if known is not None:
        return Misfit(f"{name}: {message}", where=_where(path, name, table), next=_wanted(name))
    close = difflib.get_close_matches(name, list(Settings.model_fields), 1)
    step = f"did you mean {close[0]}?" if close else f"known: {', '.join(Settings.model_fields)}"
    return Misfit(f"{name} is no setting", where=_where(path, name, table), next=step)


def _wanted(name: str) -> str:
    """What to write instead of a wrong value."""
    field = Settings.model_fields[name]
    kind, default = field.annotation, field.default
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
