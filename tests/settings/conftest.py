"""Settings are read in an empty environment."""

from __future__ import annotations

import pytest

from groupbot.settings import PREFIX, known


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in known():
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
