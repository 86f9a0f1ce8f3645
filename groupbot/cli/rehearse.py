"""`groupbot rehearse`: replay a file of messages under your rules, nothing leaves this machine."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import structlog
import typer

from groupbot.cli._guest import there
from groupbot.cli._lines import START, Line, all_new, read
from groupbot.cli._replay import Rehearsal, batches
from groupbot.cli._table import aligned
from groupbot.core.setting import Unfit
from groupbot.engine.storage import open_engine, reading, sqlite_path
from groupbot.errors import Misfit
from groupbot.features.members.domain import TIERS
from groupbot.features.members.store import setting
from groupbot.features.moving.service.trying import USUAL
from groupbot.features.promos.domain.audience import close, nearest
from groupbot.features.promos.service import files
from groupbot.features.rules.domain.policy import SETTINGS
from groupbot.settings import load

app = typer.Typer(add_completion=False)
KNOWN = {s.key: s for s in SETTINGS}
EXAMPLES = 4
DAY = timedelta(days=1)


@dataclass(slots=True)
class Report:
    """What a rehearsal found. `hits`: rule → label → messages; `examples`: rule → (matched, line)."""

    messages: int = 0
    unhandled: int = 0
    seconds: float = 0.0
    labels: Counter[str] = field(default_factory=Counter)
    hits: dict[str, Counter[str]] = field(default_factory=dict)
    caught: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)

    @property
    def speed(self) -> float:
        """Updates per second, the commit included."""
        return self.messages / self.seconds if self.seconds else 0.0


@app.command()
def rehearse(
    file: Annotated[Path, typer.Argument(help="CSV with text,label or result.json of Telegram Desktop.")],
    rules: Annotated[
        Path | None, typer.Option(help="YAML: tier, phrases, allowed, settings; they come first.")
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option(help="The rules of this workspace's bot for the tier; without: all on.")
    ] = None,
    tier: Annotated[
        str, typer.Option(help="dealer, store or consumer; default: the file's, or consumer.")
    ] = "",
    newcomers: Annotated[
        bool, typer.Option("--newcomers", help="As if everybody had joined just before their first message.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print figures as JSON.")] = False,
) -> None:
    """Shows which rule would have hit what: the whole bot over a scratch database, effects not sent."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    written, named = of_file(rules) if rules is not None else ({}, "")
    tier = tier or named or "consumer"
    if tier not in TIERS:
        raise Misfit(f"{tier!r} is no tier", where="--tier", next="one of " + ", ".join(TIERS))
    settings = everything_on() if workspace is None else of_workspace(workspace, tier)
    settings |= written
    lines = all_new(read(file)) if newcomers else read(file)
    if workspace is None and not {"newcomer_messages", "newcomer_seconds"} & settings.keys():  # the usual
        settings |= {"newcomer_messages": USUAL.messages, "newcomer_seconds": int(USUAL.span.total_seconds())}
    settings.setdefault("newcomer_since", (min((x.at for x in lines), default=START) - DAY).isoformat())
    report = asyncio.run(
        run(lines, tier, {**settings, "rules_mode": "on"}, workspace or Path(), quiet=as_json)
    )
    if as_json:
        print(json.dumps(as_data(report), ensure_ascii=False))
    else:
        print(*lines_of(report), sep="\n")


def everything_on() -> dict[str, Any]:
    """Every rule on, whatever ships."""
    return {s.key: True for s in SETTINGS if s.key.startswith("rule_")}


def of_workspace(workspace: Path, tier: str) -> dict[str, Any]:
    """The rule settings that a workspace's database gives chats of a tier; others are as shipped."""
    made = load(workspace)
    path = sqlite_path(made.database)
    if path is not None and not path.exists():
        raise Misfit("no database there", where=str(path), next="groupbot run makes it, or use --rules")
    there(made)
    engine = open_engine(made.database, read_only=True)
    try:
        with reading(engine) as connection:
            rows = connection.execute(
                sa.select(setting.c.scope, setting.c.scope_id, setting.c.key, setting.c.value)
            ).all()
    finally:
        engine.dispose()
    found: dict[str, Any] = {}
    for scope, scope_id in (("default", ""), ("segment", f"tier:{tier}")):
        found |= {
            r.key: r.value for r in rows if (r.scope, r.scope_id) == (scope, scope_id) and r.key in KNOWN
        }
    return found


def of_file(path: Path) -> tuple[dict[str, Any], str]:
    """The settings of a YAML file, and its tier.

    Raises:
        Misfit: not there, no YAML, a name no setting has, or a value that is none of it; names file and line.
    """
    try:
        table, lines = files.whole(path)
    except OSError as e:
        raise Misfit(
            f"cannot be read: {e.strerror}", where=str(path), next="give the path of a file"
        ) from None

    def wrong(field: str, what: str, step: str) -> Misfit:
        return Misfit(what, where=f"{path}:{lines.get(field, 1)}", next=step)

    table = {} if table is None else table
    if not isinstance(table, dict):
        raise wrong("", "not a mapping", "write `phrases:` and `settings:`")
    found: dict[str, Any] = {}
    for name in ("phrases", "allowed"):
        given = table.get(name) or []
        if not isinstance(given, list):
            raise wrong(name, f"{name} is no list", f"write `{name}: [one, two]`")
        if given:
            found[f"rules_{name}"] = [str(v) for v in given]
    given = table.get("settings") or {}
    if not isinstance(given, dict):
        raise wrong("settings", "settings is no mapping", "write `rule_links: off` under it")
    for name in table:
        if name in KNOWN:
            raise wrong(str(name), f"{name} stands alone", "write it under settings:")
        if name not in ("phrases", "allowed", "settings", "tier"):
            known = ("phrases", "allowed", "settings", "tier")
            raise wrong(str(name), f"no field {name}", nearest(str(name), known))
    for name, value in given.items():
        if name not in KNOWN:
            near = close(str(name), KNOWN)
            step = f"did you mean {near}?" if near else "docs/group-settings.md lists them"
            raise wrong(f"settings.{name}", f"no setting {name}", step)
        try:
            found[name] = KNOWN[name].parse(value) if isinstance(value, str) else KNOWN[name].check(value)
        except Unfit as e:
            field = f"settings.{name}"
            raise wrong(field, f"{name}: expected {e.expected}", f"for example {e.example}") from None
    tier = str(table.get("tier") or "")
    if tier and tier not in TIERS:
        raise wrong("tier", f"{tier} is no tier", "one of " + ", ".join(TIERS))
    return found, tier


async def run(
    lines: list[Line], tier: str, settings: dict[str, Any], workspace: Path, *, quiet: bool = False
) -> Report:
    """Replay the lines; the clock follows them."""
    report = Report(len(lines))
    report.labels.update(line.label for line in lines)
    with tempfile.TemporaryDirectory(prefix="groupbot-rehearsal-") as place:
        rehearsal = Rehearsal(Path(place), workspace.resolve())
        try:
            rehearsal.set_up(tier, settings)
            done = typer.progressbar(
                length=len(lines), label="rehearsing", show_pos=True, file=sys.stderr, hidden=quiet
            )
            with done as bar:
                started = time.perf_counter()
                for batch in batches(lines):
                    outcome = await rehearsal.replay(batch)
                    report.unhandled += outcome.quarantined
                    bar.update(len(batch))
                report.seconds = time.perf_counter() - started
            _count(report, lines, rehearsal.verdicts())
        finally:
            rehearsal.close()
    return report


def _count(report: Report, lines: list[Line], verdicts: list[Any]) -> None:
    for v in verdicts:
        line = lines[v.message_id - 1]
        report.hits.setdefault(v.rule, Counter())[line.label] += 1
        report.caught[line.label] += 1
        report.actions[v.action] += 1
        shown = report.examples.setdefault(v.rule, [])
        if len(shown) < EXAMPLES and all(v.matched != m for m, _, _ in shown):
            shown.append((" ".join(v.matched.split()), line.label, " ".join(line.text.split())[:48]))


def as_data(report: Report) -> dict[str, Any]:
    """The figures as JSON takes them."""
    return {
        "messages": report.messages,
        "unhandled": report.unhandled,
        "labels": dict(report.labels),
        "hits": {rule: dict(by) for rule, by in sorted(report.hits.items())},
        "caught": dict(report.caught),
        "actions": dict(report.actions),
        "updates_per_second": round(report.speed),
    }


def lines_of(report: Report) -> list[str]:
    """What a terminal shows."""
    labels = sorted(report.labels)
    rows = [("rule", *(x or "messages" for x in labels), "for example: matched, in")]
    for rule, by in sorted(report.hits.items(), key=lambda kv: -sum(kv[1].values())):
        first, *others = [f"「{m}」 {text}" for m, _, text in report.examples[rule]]
        rows.append((rule, *(str(by[x]) for x in labels), first))
        rows += [("", *("" for _ in labels), other) for other in others]
    rows.append(("any", *(f"{report.caught[x]} of {report.labels[x]}" for x in labels), ""))
    done = ", ".join(f"{n} {a}" for a, n in report.actions.most_common()) or "nothing"
    return [
        "which rule hit what",
        *aligned(rows, range(1, 1 + len(labels))),
        f"{report.messages} messages, {report.unhandled} unhandled; would have been done: {done}",
        f"{report.speed:,.0f} updates/s, commits included; nothing was sent",
    ]
