"""No task is left to the event loop alone, which holds it weakly and may lose it in the middle (F6)."""

from __future__ import annotations

import ast
from pathlib import Path

import groupbot

ROOT = Path(groupbot.__file__).parents[1]
MAKERS = ("create_task", "ensure_future")


def dangling(source: str) -> list[int]:
    """The lines on which a task is made and not kept."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr in MAKERS
    ]


def test_every_task_is_kept_by_who_made_it() -> None:
    sources = [p for part in ("groupbot", "handlers") for p in sorted((ROOT / part).rglob("*.py"))]
    assert len(sources) > 300
    assert [(p.name, n) for p in sources for n in dangling(p.read_text("utf-8"))] == []
    assert dangling("loop.create_task(job())\ntask = loop.create_task(job())") == [1]
