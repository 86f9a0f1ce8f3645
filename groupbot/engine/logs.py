"""Logs: one line an event, and never a token."""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

TOKEN = re.compile(r"\d{5,12}:[A-Za-z0-9_-]{20,}")  # also behind letters, as in a URL's /bot…
URL = re.compile(r"(://[^\s:/@]*:)[^\s/@]+(?=@)")  # a password in an address, however short
_secrets: set[str] = set()


def hide(secret: str) -> None:
    """Never let this text into a log line; of a token also not the part after the colon alone."""
    for part in (secret, secret.partition(":")[2]):
        if len(part) >= 6:
            _secrets.add(part)


def redact(text: str) -> str:
    """`text` without tokens and hidden secrets."""
    text = URL.sub(r"\1***", TOKEN.sub("[token]", text))
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return text


def _scrub(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {redact(k): _clean(v) for k, v in event.items()}


def _clean(value: Any) -> Any:
    """A value as it is, or redacted text where its text holds a secret. Exceptions become text."""
    if isinstance(value, str):
        return redact(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    said = repr(value)
    shown = redact(said)
    return value if shown == said and not isinstance(value, BaseException | bytes) else shown


class _Scrubber(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        try:
            said = record.getMessage()
        except (TypeError, ValueError):  # a library's slip in its arguments
            said = f"{record.msg} {record.args!r}"
        record.msg, record.args = redact(said), ()
        if record.exc_info:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        record.exc_text = record.exc_text and redact(record.exc_text)
        record.stack_info = record.stack_info and redact(record.stack_info)
        return True


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What ends the process is told like everything else: without secrets."""
    if issubclass(kind, KeyboardInterrupt):
        return
    print(redact("".join(traceback.format_exception(kind, error, trace))), end="", file=sys.stderr)  # noqa: T201


def set_up(level: str = "info", *, as_json: bool = False) -> None:
    """Log to stderr. The libraries that log URLs are silenced; a crash is told without secrets too."""
    sys.excepthook = _crashed
    threading.excepthook = lambda a: _crashed(a.exc_type, a.exc_value or a.exc_type(), a.exc_traceback)
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Scrubber())
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in (
        "httpx",
        "httpcore",
        "aiohttp.access",
        "apscheduler",
        "telegram",
        "uvicorn",
        "alembic",
        "asyncio",
        "matplotlib",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _scrub,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),  # a line is one write
        cache_logger_on_first_use=False,
    )
