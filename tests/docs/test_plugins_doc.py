"""docs/plugins.md, done step by step as a reader would."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_init_new import bare

DOC = Path(__file__).parents[2] / "docs" / "plugins.md"
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[tuple[str, str, str]]:
    """(language, file, text) of each block."""
    return [(m[1], m[2], m[3]) for m in BLOCK.finditer(DOC.read_text("utf-8"))]


@pytest.mark.xdist_group("alone")
def test_every_step_of_the_walk_works(tmp_path: Path) -> None:
    here, ran, wrote = tmp_path, 0, 0
    for language, name, text in blocks():
        if name:
            path = here / name
            assert path.parent.is_dir() or language == "jinja"
            path.write_text(text, "utf-8")
            wrote += 1
        if language != "console":
            continue
        said = ""
        for line in text.splitlines():
            if not line.startswith("$ "):
                assert line in said, said
                continue
            words = line.removeprefix("$ ").split()
            if words[0] == "cd":
                here = here / words[1]
                continue
            done = subprocess.run(
                [sys.executable, "-m", *words],
                cwd=here,
                env=bare(),
                capture_output=True,
                text=True,
                timeout=600,
            )
            said = done.stdout + done.stderr
            assert done.returncode == 0, said
            ran += 1
    assert (ran, wrote) == (5, 14)


def test_the_doc_imports_only_the_public_face() -> None:
    import groupbot

    names = re.findall(r"^from groupbot import (.+)$", DOC.read_text("utf-8"), re.MULTILINE)
    assert {n.strip() for line in names for n in line.split(",")} <= set(groupbot.__all__)
    assert len(names) == 2
