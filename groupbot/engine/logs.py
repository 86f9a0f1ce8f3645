"""Logs: one line an event, and never a token."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

TOKEN = re.compile(r"\b\d{5,12}:[A-Za-z0-9_-]{20,}")
_secrets: set[str] = set()


def hide(secret: str) -> None:
    """Never let this text into a log line."""
    if len(secret) >= 6:
        _secrets.add(secret)


def redact(text: str) -> str:
    """`text` without tokens and hidden secrets."""
    text = TOKEN.sub("[token]", text)
    for secret in _secrets:
        text = text.replace(secret, "[secret]")
    return text


def _scrub(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {
        k: redact(v)
        if isinstance(v, str)
        else redact(repr(v))
        if isinstance(v, BaseException | bytes | dict | list)
        else v
        for k, v in event.items()
    }


class _Scrubber(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = ()
        if record.exc_info:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


def set_up(level: str = "info", *, as_json: bool = False) -> None:
    """Log to stderr. The libraries that log URLs are silenced."""
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
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # stderr as it is then
        cache_logger_on_first_use=False,
    )
