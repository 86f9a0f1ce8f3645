"""The Bot API's checker (`shared/botapi/check.py`, beside the checkout or above it), when it is there."""

from __future__ import annotations

import functools
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

ABSENT = "no folder shared/botapi beside the checkout: traffic is not checked against the Bot API"


@functools.cache
def checker() -> Any:
    """The module check.py, or None. With CI=true its absence is an error."""
    found = (p / "shared" / "botapi" / "check.py" for p in Path(__file__).resolve().parents)
    path = next((p for p in found if p.is_file()), None)
    if path is None:
        if os.environ.get("CI") == "true":
            raise RuntimeError(ABSENT)
        return None
    spec = importlib.util.spec_from_file_location("botapi_check", path)
    assert spec is not None and spec.loader is not None
    module = sys.modules["botapi_check"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.cache
def api() -> Any:
    """The Bot API as data, read once."""
    return checker().Spec.load()


def auditor() -> Any:
    """A fresh Auditor, or None where there is no checker."""
    return checker() and checker().Auditor(api())


def errors(audit: Any, side: str = "all") -> list[str]:
    """What is wrong on a side (`bot`, `server`), one line each; warnings are no errors."""
    audit.finish()
    return [f"{v.side} {v.where} {v.path}: [{v.code}] {v.message}" for v in audit.chosen(side)]
