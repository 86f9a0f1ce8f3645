"""`groupbot spam`: how good is the spam score, train another model, explain one message."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from groupbot.cli._places import writable
from groupbot.cli._table import aligned
from groupbot.errors import Misfit
from groupbot.features.rules.domain.fold import fold
from groupbot.features.spam.domain.model import Model, loaded, read
from groupbot.features.spam.domain.signs import script
from groupbot.features.spam.service import shipped

app = typer.Typer(add_completion=False, no_args_is_help=True)
POINTS = (0.0, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05)  # false-positive rates of the curve
Scored = list[tuple[float, bool, str]]  # probability, is spam, script
_Train = Annotated[Path | None, typer.Option(help="CSV text,label to train on; default: the shipped model.")]
_Model = Annotated[Path | None, typer.Option(help="A model file; default: the shipped model.")]


@app.command("eval")
def evaluate(
    test: Annotated[Path, typer.Option(help="CSV text,label to test on.")],
    train: _Train = None,
    model: _Model = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print figures as JSON.")] = False,
) -> None:
    """Precision, recall and false positives at the model's threshold, by script, and the curve."""
    from groupbot.cli import _spam_train as training

    used = training.trained(training.samples(train))[0] if train is not None else opened(model)
    rows = training.samples(test)
    folded = [fold(s.text) for s in rows]
    start = time.perf_counter()
    found = [used.score(read(s.text, f)) for s, f in zip(rows, folded, strict=True)]
    spent = time.perf_counter() - start
    scored = [(p, s.spam, script(f)) for p, s, f in zip(found, rows, folded, strict=True)]
    report: dict[str, Any] = {
        **figures(scored, used.threshold),
        "messages": len(rows),
        "threshold": round(used.threshold, 5),
        "microseconds": round(spent / len(rows) * 1e6, 1),
        "scripts": {
            name: figures([s for s in scored if s[2] == name], used.threshold)
            for name in sorted({s[2] for s in scored})
        },
        "curve": curve(scored),
    }
    typer.echo(json.dumps(report, ensure_ascii=False, indent=1)) if as_json else show(report)


@app.command("train")
def train_model(
    file: Annotated[Path, typer.Argument(help="CSV text,label.")],
    more: Annotated[list[Path] | None, typer.Argument(help="More such files.")] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where the model goes.")] = Path(
        "spam.model"
    ),
) -> None:
    """Trains a model; the same files give the same model."""
    from groupbot.cli import _spam_train as training

    writable(output)
    rows = [s for path in (file, *(more or ())) for s in training.samples(path)]
    model, z = training.trained(rows)
    data = model.dumped()
    output.write_bytes(data)
    scored = [
        (model.probability(float(e)), s.spam, script(fold(s.text))) for e, s in zip(z, rows, strict=True)
    ]
    at = figures(scored, model.threshold)
    typer.echo(
        f"{output}: {len(data):,} bytes from {len(rows):,} messages. On messages it had not seen "
        f"(cross-validation): precision {percent(at['precision'])}, recall {percent(at['recall'])}, "
        f"false positives {percent(at['false_positive_rate'])}"
    )


@app.command("explain")
def explain(
    text: Annotated[str, typer.Argument(help="The message.")],
    model: _Model = None,
) -> None:
    """Why a message scores as it does."""
    used = opened(model)
    folded = fold(text)
    p = used.score(read(text, folded))
    word = "advert beyond doubt" if p >= used.strong else "advert" if p >= used.threshold else "no advert"
    typer.echo(f"{percent(p)} (threshold {percent(used.threshold)}): {word}")
    for r in used.reasons(text, folded, most=10):
        shown = f" «{r.shown}»" if r.shown and r.shown != r.what else ""
        typer.echo(f"{r.weight:+7.2f}  {r.what}{shown}")


def opened(path: Path | None) -> Model:
    """A model file, or the shipped model.

    Raises:
        Misfit: no such file, or not a model.
    """
    if path is None:
        return shipped()
    try:
        return loaded(path.read_bytes())
    except (OSError, ValueError) as e:
        raise Misfit(str(e), where=str(path), next="make one with groupbot spam train") from e


def figures(scored: Sequence[tuple[float, bool, str]], threshold: float) -> dict[str, Any]:
    """Counts and rates of messages at or above the threshold; a rate of nothing is None."""
    hits = sum(p >= threshold and spam for p, spam, _ in scored)
    false = sum(p >= threshold and not spam for p, spam, _ in scored)
    spam = sum(s for _, s, _ in scored)
    ham = len(scored) - spam
    return {
        "precision": hits / (hits + false) if hits + false else None,
        "recall": hits / spam if spam else None,
        "false_positive_rate": false / ham if ham else None,
        "spam": spam,
        "ham": ham,
        "caught": hits,
        "false_positives": false,
    }


def curve(scored: Scored) -> list[dict[str, Any]]:
    """What the best threshold within each rate of false positives would give."""
    made = []
    ham = sorted((p for p, spam, _ in scored if not spam), reverse=True)
    for rate in POINTS:
        most = int(rate * len(ham) + 1e-9)
        above = ham[most] if most < len(ham) else 0.0
        caught = [p for p, spam, _ in scored if spam and p > above]
        least = min(caught, default=1.0)
        made.append({"at_most": rate, "threshold": round(least, 6), **figures(scored, least)})
    return made


def percent(rate: float | None) -> str:
    """A rate as people read it."""
    return "–" if rate is None else f"{100 * rate:.1f} %" if rate < 0.9995 else f"{100 * rate:.2f} %"


def show(report: dict[str, Any]) -> None:
    """The figures as tables."""
    rows = [("written in", "spam", "ham", "precision", "recall", "false positives")]
    for name, row in [("all", report), *report["scripts"].items()]:
        rates = [percent(row[k]) for k in ("precision", "recall", "false_positive_rate")]
        rows.append((name, str(row["spam"]), str(row["ham"]), *rates))
    bend: list[tuple[str, ...]] = [("false positives at most", "threshold", "precision", "recall")]
    for row in report["curve"]:
        rates = [percent(row[k]) for k in ("precision", "recall")]
        bend.append((f"{100 * row['at_most']:.2f} %", f"{row['threshold']:.4f}", *rates))
    typer.echo(f"At the threshold {report['threshold']:.4f}, {report['microseconds']} µs a message:")
    typer.echo("\n".join([*aligned(rows, range(1, 6)), "", *aligned(bend, range(4))]))
