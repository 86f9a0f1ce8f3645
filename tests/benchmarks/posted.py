"""What a post to many groups showed (`broadcast`): a line of figures, and what of it is kept."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.claims import quantile
from tests.benchmarks.figures import record

ALLOWED = 30.0  # a second, by the sandbox's limits
Figures = dict[str, Any]


def told(name: str, found: Figures, server: Figures) -> str:
    """One line of figures."""
    if server["paid"]:
        core, p99 = server["posts"] / found["cpu"], quantile(found["waits"] or [0.0], 0.99) * 1e3
        return (
            f"  {name:15} {server['rate']:7.1f} posts/s, {core:6.0f}/s of one core   429 {server['refused']}"
            f"   {server['paid'] / 10:g} Stars   answers p99 {p99:.0f} ms"
            f"   loop held {found['held'] * 1e3:.0f} ms   most in 1 s {server['most']}"
        )
    calls = server["posts"] + server["replies"] + server["refused"]
    waits = found["waits"]
    p50, p99 = (quantile(waits, q) * 1e3 if waits else 0.0 for q in (0.5, 0.99))
    return (
        f"  {name:15} {server['rate']:7.2f}/s = {server['rate'] / ALLOWED:6.1%}   429 {server['refused']:4}"
        f" = {server['refused'] / calls:.2%} ({server['deaf']} inside a retry_after), lost {found['lost']}"
        f"   answers {len(waits):4}: p50 {p50:6.0f} p99 {p99:6.0f} ms"
        f"   loop held {found['held'] * 1e3:5.0f} ms ({found['late']} times > 50)"
        f"   CPU {found['cpu'] / server['posts'] * 1e6:5.0f} µs a post   most in 1 s {server['most']}"
    )


def keep(server: Figures, found: Figures, groups: int) -> None:
    """What a post to many groups shows of G12; that others wait no longer has no figure without it beside."""
    calls = server["posts"] + server["replies"] + server["refused"]
    record(
        "G12",
        f"{calls:,} calls: {server['refused']} answered 429, {server['deaf']} inside a retry_after; answers "
        f"p99 {quantile(found['waits'] or [0.0], 0.99) * 1e3:.0f} ms",
        met=not server["deaf"] and server["refused"] <= calls / 1000 and server["posts"] >= groups,
        part="a post to 10,000 groups" if groups >= 10_000 else "a post to 10,000 groups, short",
    )
