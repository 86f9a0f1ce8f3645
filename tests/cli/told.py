"""What `groupbot report` prints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from groupbot.cli import main


def teller(workspace: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """The command over a workspace, its words given, in English unless they ask for
    another language; it must succeed."""

    def told(*words: str) -> str:
        with pytest.raises(SystemExit) as end:
            main(["report", "--workspace", str(workspace), "--lang", "en", *words])
        assert end.value.code == 0
        return capsys.readouterr().out

    return told
