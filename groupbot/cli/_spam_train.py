"""Training the spam model: logistic regression with L2 and a Gaussian prior, by L-BFGS over numpy arrays.

Deterministic: the same file gives the same model. Calibration and thresholds come from scores that each
message gets from a model which saw neither it nor anything nearly like it (grouped cross-validation).
"""

from __future__ import annotations

import csv
import re
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from groupbot.errors import Misfit
from groupbot.features.rules.domain.fold import fold
from groupbot.features.spam.domain.model import HALF, SIZE, Model, Reading, bucket, pieces, read, spread
from groupbot.features.spam.domain.prior import PRIOR

FOLDS = 5
WHOLE_VALUE, PIECE_VALUE = 2.2, 0.75  # how far whole words and Han n-grams count, and pieces of words
L2_GRAMS, L2_SIGNS = 3.0, 1.0
PRIOR_SHARE = 0.5
PRECISION, MOST_FALSE = 0.99, 0.005  # what the threshold promises on unseen messages
STRONG_FALSE = 0.001
_LABELS = {"spam": True, "ham": False}
_NAMES = sorted(PRIOR)
_AT = {n: SIZE + i for i, n in enumerate(_NAMES)}
WIDTH = SIZE + len(_NAMES)
Floats = Any  # a float array of numpy


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled message."""

    text: str
    spam: bool


def samples(path: Path) -> list[Sample]:
    """The rows of a CSV with the columns text and label (spam or ham).

    Raises:
        Misfit: unreadable, a column is missing, or a label is neither.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as e:
        raise Misfit(str(e), where=str(path), next="a UTF-8 CSV file with the columns text,label") from e
    made = []
    for n, row in enumerate(rows, 2):
        label = (row.get("label") or "").strip().lower()
        if row.get("text") is None or label not in _LABELS:
            raise Misfit(f"row {n}: label {label!r}", where=str(path), next="columns text,label; spam or ham")
        made.append(Sample(row["text"], _LABELS[label]))
    if not made:
        raise Misfit("no rows", where=str(path), next="columns text,label; labels spam or ham")
    return made


def readings(rows: Sequence[Sample]) -> list[Reading]:
    """The features of each message."""
    return [read(s.text, fold(s.text)) for s in rows]


def entries(reading: Reading) -> dict[int, float]:
    """The buckets of a message's pieces and how often it has them, divided as when it is scored."""
    words = dict.fromkeys(reading.tokens)
    found: dict[int, float] = {}
    if words:
        part = 1 / spread(words)
        for word in words:
            for piece in pieces(word):
                b = bucket(piece)
                found[b] = found.get(b, 0.0) + part
    return found


def rarity(found: Sequence[Reading]) -> Floats:
    """How much a bucket counts: more the fewer messages have it (inverse document frequency, Sparck Jones,
    1972), nothing where but one has it."""
    n = np.bincount([b for r in found for b in entries(r)], minlength=SIZE)
    value = np.where(np.arange(SIZE) < HALF, PIECE_VALUE, WHOLE_VALUE)
    return np.where(n > 1, value * (1 + np.log((1 + len(found)) / (1 + n))), 0.0)


class Matrix:
    """Readings as a sparse matrix: `row`, `column`, `value` of each entry."""

    def __init__(self, found: Sequence[Reading], rare: Floats) -> None:
        columns: list[int] = []
        values: list[float] = []
        ends: list[int] = []
        for r in found:
            for b, value in sorted(entries(r).items()):
                columns.append(b)
                values.append(value * rare[b])
            named = [_AT[n] for n in r.signs if n in _AT]
            columns += named
            values += [1.0] * len(named)
            ends.append(len(columns))
        self.n = len(found)
        self.column = np.array(columns, dtype=np.int64)
        self.value = np.array(values)
        self.row = np.repeat(np.arange(self.n), np.diff([0, *ends]))

    def times(self, w: Floats) -> Floats:
        """This matrix times a vector of weights, the last of which is the bias."""
        return np.bincount(self.row, self.value * w[self.column], self.n) + w[WIDTH]

    def back(self, r: Floats) -> Floats:
        """The transpose times a vector, and its sum for the bias."""
        return np.append(np.bincount(self.column, self.value * r[self.row], WIDTH), r.sum())


def fit(x: Matrix, y: Floats) -> Floats:
    """The weights that minimise logistic loss and squared distance from the prior."""
    mean, pull = np.zeros(WIDTH + 1), np.full(WIDTH + 1, L2_GRAMS)
    mean[SIZE:WIDTH] = [PRIOR[n] * PRIOR_SHARE for n in _NAMES]
    pull[SIZE:WIDTH], pull[WIDTH], mean[WIDTH] = L2_SIGNS, 1e-4, -1.0

    def loss(w: Floats) -> tuple[float, Floats]:
        z = x.times(w)
        off = w - mean
        p = 1 / (1 + np.exp(-np.clip(z, -500, 500)))
        value = float((np.logaddexp(0, z) - y * z).sum() + 0.5 * (pull * off * off).sum())
        return value, x.back(p - y) + pull * off

    return _minimum(loss, mean.copy())


def _minimum(loss: Callable[[Floats], tuple[float, Floats]], x: Floats, steps: int = 80) -> Floats:
    """L-BFGS with backtracking (Nocedal and Wright, Numerical Optimization, 2006, algorithm 7.4)."""
    past: list[tuple[Floats, Floats]] = []
    f, g = loss(x)
    for _ in range(steps):
        d = g.copy()
        kept = []
        for s, y in reversed(past):
            rho = 1 / (y @ s)
            a = rho * (s @ d)
            kept.append((a, rho))
            d -= a * y
        d *= (past[-1][0] @ past[-1][1]) / (past[-1][1] @ past[-1][1]) if past else 1 / np.abs(g).sum() ** 0.5
        for (a, rho), (s, y) in zip(reversed(kept), past, strict=True):
            d += s * (a - rho * (y @ d))
        size, slope = 1.0, float(g @ d)
        while True:
            x2 = x - size * d
            f2, g2 = loss(x2)
            if f2 <= f - 1e-4 * size * slope or size < 1e-6:
                break
            size /= 2
        s, y = x2 - x, g2 - g
        if s @ y > 1e-10:
            past = [*past[-7:], (s, y)]
        still = abs(f - f2) < 1e-5 * abs(f)
        x, f, g = x2, f2, g2
        if still:
            break
    return x


def folds(rows: Sequence[Sample]) -> list[int]:
    """A fold for each message, messages that share a quarter of their runs of four words in the same."""
    head = list(range(len(rows)))

    def root(i: int) -> int:
        while head[i] != i:
            head[i] = head[head[i]]
            i = head[i]
        return i

    seen: dict[tuple[str, ...], int] = {}
    for i, s in enumerate(rows):
        words = re.findall(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+", fold(s.text))
        runs = {tuple(words[j : j + 4]) for j in range(max(1, len(words) - 3))}
        shared = Counter(root(seen[r]) for r in runs if r in seen)
        for other, n in shared.items():
            if n >= min(len(runs), max(2, len(runs) * 0.25)):
                head[root(i)] = other
        for r in runs:
            seen.setdefault(r, i)
    roots = sorted({root(i) for i in range(len(rows))})
    order = np.random.RandomState(0).permutation(len(roots))
    fold_of = {r: int(order[i]) % FOLDS for i, r in enumerate(roots)}
    return [fold_of[root(i)] for i in range(len(rows))]


def out_of_fold(rows: Sequence[Sample], found: Sequence[Reading]) -> Floats:
    """The evidence each message gets from a model that saw nothing like it."""
    y = np.array([float(s.spam) for s in rows])
    where = np.array(folds(rows))
    z = np.zeros(len(rows))
    for k in range(FOLDS):
        rest, these = np.where(where != k)[0], np.where(where == k)[0]
        if len(these):
            seen = [found[i] for i in rest]
            rare = rarity(seen)
            w = fit(Matrix(seen, rare), y[rest])
            z[these] = Matrix([found[i] for i in these], rare).times(w)
    return z


def trained(rows: Sequence[Sample]) -> tuple[Model, Floats]:
    """A model of all rows, and the evidence out of fold that its thresholds were chosen on.

    Raises:
        Misfit: too few examples of either label.
    """
    if min(sum(s.spam for s in rows), sum(not s.spam for s in rows)) < 10:
        raise Misfit("too few examples", where="training file", next="at least 10 of spam and 10 of ham")
    found = readings(rows)
    y = np.array([float(s.spam) for s in rows])
    z = out_of_fold(rows, found)
    slope, offset = calibrated(z, y)
    rare = rarity(found)
    w = fit(Matrix(found, rare), y)
    grams = w[:SIZE] * rare
    scale = float(np.abs(grams).max()) / 127 or 1.0
    weights = array("b", np.rint(grams / scale).astype(np.int8).tobytes())
    model = Model(
        weights,
        scale,
        {n: float(w[_AT[n]]) for n in _NAMES},
        float(w[WIDTH]),
        slope=slope,
        offset=offset,
    )
    model.threshold = model.probability(threshold(z, y, PRECISION, MOST_FALSE))
    model.strong = max(model.threshold, model.probability(threshold(z, y, 0.998, STRONG_FALSE)))
    return model, z


def calibrated(z: Floats, y: Floats) -> tuple[float, float]:
    """Slope and offset that make evidence a probability (Platt, 1999, with his corrected targets)."""
    good, bad = y.sum(), (1 - y).sum()
    t = np.where(y > 0, (good + 1) / (good + 2), 1 / (bad + 2))

    def loss(v: Floats) -> tuple[float, Floats]:
        x = v[0] * z + v[1]
        p = 1 / (1 + np.exp(-np.clip(x, -500, 500)))
        return float((np.logaddexp(0, x) - t * x).sum()), np.array([((p - t) * z).sum(), (p - t).sum()])

    slope, offset = _minimum(loss, np.array([1.0, 0.0]))
    return max(0.05, float(slope)), float(offset)


def threshold(z: Floats, y: Floats, precision: float, most_false: float) -> float:
    """The least evidence above which precision is kept and no more than `most_false` of ham is hit."""
    order = np.argsort(-z, kind="stable")
    hits, false = np.cumsum(y[order]), np.cumsum(1 - y[order])
    ok = (hits >= precision * (hits + false)) & (false <= most_false * (1 - y).sum())
    at = np.where(ok)[0]
    if not len(at):
        return float(z.max()) + 1.0
    i = int(at[-1])
    below = float(z[order[i + 1]]) if i + 1 < len(z) else float(z[order[i]])
    return (float(z[order[i]]) + below) / 2
