"""/metrics in Prometheus' text format 0.0.4: what the process counted, and what the database shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from groupbot.engine.clock import ticking
from groupbot.engine.figures import LAGS
from groupbot.engine.reader import looking
from groupbot.engine.work import Work
from groupbot.features.lottery.store.tables import entry
from groupbot.features.operations import store
from groupbot.features.redpacket.store import claim
from groupbot.surfaces.telegram.watch import ahead

CLASSES = ("moderation", "reply", "edit", "post", "paid")  # the lanes
TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[str, float]


def exposition(app: Any) -> str:
    """All figures of a running app. Reads one snapshot of the database, so call it in a thread."""
    with looking(app.settings.database, bot_id=app.writer.me.id) as work:
        stored = list(_stored(work))
    lines: list[str] = []
    for name, kind, about, samples in (*_counted(app), *stored):
        lines += [f"# HELP groupbot_{name} {about}", f"# TYPE groupbot_{name} {kind}"]
        lines += [f"groupbot_{name}{labels} {value:.10g}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _counted(app: Any) -> Iterator[tuple[str, str, str, list[Sample]]]:
    h, f, now = app.health, app.outbox.figures, ticking()
    yield "up_seconds", "gauge", "Seconds since the start.", [("", now - h.started)]
    yield "updates_handled_total", "counter", "Updates handled and committed.", [("", h.handled)]
    yield "updates_duplicate_total", "counter", "Updates that came again.", [("", h.duplicates)]
    yield "updates_quarantined_total", "counter", "Put aside since the start.", [("", h.quarantined)]
    yield "batches_total", "counter", "Commits of updates.", [("", h.batches)]
    yield "update_lag_seconds", "gauge", "Age of the newest update when it was committed.", [("", h.lag)]
    polled = now - app.poller.last_poll if app.poller.last_poll else -1.0
    yield "last_poll_seconds", "gauge", "Since Telegram last answered a poll; -1: not yet.", [("", polled)]
    conflict = float(app.poller.conflict)
    yield "poll_conflict", "gauge", "1 while another process polls with this token.", [("", conflict)]
    wrong = [("", ahead(app))]
    yield "clock_ahead_seconds", "gauge", "This machine's clock before Telegram's; below 0: behind.", wrong
    calls = [(f'{{kind="{k}"}}', float(n)) for k, n in sorted(f.calls.items())]
    yield "calls_total", "counter", "Calls of the outbox to Telegram.", calls
    ends = [(f'{{end="{k}"}}', float(n)) for k, n in sorted(f.ends.items())]
    yield "effects_total", "counter", "Effects by how they ended.", ends
    yield "refused_total", "counter", "Calls answered with 429.", [("", f.refused)]
    share = f.refused / max(1, f.calls.total())
    yield "refused_ratio", "gauge", "Share of calls answered with 429 since the start.", [("", share)]
    yield "chats_held", "gauge", "Chats that must wait before their next call.", [("", app.outbox.held)]
    ups = [*map(str, map(int, LAGS)), "+Inf"]
    lags = [(f'_bucket{{le="{up}"}}', float(n)) for up, n in zip(ups, f.buckets, strict=True)]
    lags += [("_sum", f.lag_sum), ("_count", f.buckets[-1])]
    yield "publish_lag_seconds", "histogram", "How long after their time planned posts left.", lags


def _stored(work: Work) -> Iterator[tuple[str, str, str, list[Sample]]]:
    rows = {r.lane: r for r in work.sql.all(store.DEPTHS, bot=work.bot_id)}
    depth = [(f'{{class="{c}"}}', float(rows[n].n if n in rows else 0)) for n, c in enumerate(CLASSES)]
    yield "outbox_depth", "gauge", "Effects that wait, by class.", depth
    ages = [
        (f'{{class="{c}"}}', max(0.0, (work.now - rows[n].oldest).total_seconds()) if n in rows else 0.0)
        for n, c in enumerate(CLASSES)
    ]
    yield "outbox_oldest_seconds", "gauge", "How long the oldest that waits is due.", ages
    open_ = {r.state: r.n for r in work.sql.all(store.UNDECIDED, bot=work.bot_id)}
    undecided = [(f'{{state="{s}"}}', float(open_.get(s, 0))) for s in ("dead", "unknown")]
    yield "undecided", "gauge", "Effects that wait for an operator's word.", undecided
    aside = float(work.sql.value(store.ASIDE, bot=work.bot_id))
    yield "quarantine", "gauge", "Updates and steps put aside and not retried.", [("", aside)]
    claims = [
        ('{of="redpacket"}', float(work.sql.value(sa.select(sa.func.count()).select_from(claim)))),
        ('{of="lottery"}', float(work.sql.value(sa.select(sa.func.count()).select_from(entry)))),
    ]
    yield "claims", "gauge", "Shares taken and entries made that are on record.", claims
