"""Training the spam model: squared hinge loss with L2 and a Gaussian prior, by L-BFGS over numpy arrays.

Deterministic: the same file gives the same model. Calibration and thresholds come from scores that each
message gets from a model which saw neither it nor anything nearly like it (grouped cross-validation).
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from groupbot.cli._sheet import table_of, text_of
from groupbot.cli._spam_fit import Floats, calibrated, minimum, threshold
from groupbot.errors import Misfit
from groupbot.features.rules.domain.fold import fold
from groupbot.features.spam.domain import form
from groupbot.features.spam.domain.form import FORMS
from groupbot.features.spam.domain.model import HALF, SIZE, Model, Reading, bucket, pieces, read, spread
from groupbot.features.spam.domain.prior import PRIOR

FOLDS = 5
# how far whole words and Han n-grams count, pieces of words, and characters as they are typed
WHOLE_VALUE, PIECE_VALUE, FORM_VALUE = 0.2, 0.08, 0.1
L2_GRAMS, L2_SIGNS = 1.0, 20.0
PRIOR_SHARE = 0.1
STEPS = 100
PRECISION, MOST_FALSE = 0.99, 0.0035  # what the threshold promises on unseen messages
STRONG_FALSE = 0.001
_LABELS = {"spam": True, "ham": False}
_NAMES = sorted(PRIOR)
GRAMS = SIZE + FORMS
_AT = {n: GRAMS + i for i, n in enumerate(_NAMES)}
WIDTH = GRAMS + len(_NAMES)
Read = tuple[dict[int, float], list[int]]  # how often a message has each bucket, and its signs


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
    names, rows = table_of(text_of(path), path)
    for name in ("text", "label"):
        if name not in names:
            raise Misfit(f"no column {name}", where=f"{path}:1", next="columns text,label; spam or ham")
    made = []
    for at, row in rows:
        label = row["label"].strip().lower()
        if label not in _LABELS:
            raise Misfit(f"label {label!r}", where=f"{path}:{at}", next="columns text,label; spam or ham")
        made.append(Sample(row["text"], _LABELS[label]))
    if not made:
        raise Misfit("no rows", where=str(path), next="columns text,label; labels spam or ham")
    return made


def readings(rows: Sequence[Sample]) -> list[Read]:
    """The features of each message."""
    return [_features(read(s.text, fold(s.text))) for s in rows]


def _features(reading: Reading) -> Read:
    return entries(reading), [_AT[n] for n in reading.signs if n in _AT]


def entries(reading: Reading) -> dict[int, float]:
    """The buckets of a message's pieces and forms and how often it has them, divided as when it is scored."""
    words = dict.fromkeys(reading.tokens)
    found: dict[int, float] = {}
    if words:
        part = 1 / spread(words)
        for word in words:
            for piece in pieces(word):
                b = bucket(piece)
                found[b] = found.get(b, 0.0) + part
    if reading.parts:
        part = 1 / form.width(len(reading.parts))
        for place, n in Counter(p for typed in reading.parts for p in form.places(typed)).items():
            found[SIZE + place] = n * part
    return found


@dataclass(frozen=True, slots=True)
class Matrix:
    """Readings as a sparse matrix of `n` rows: `row`, `column`, `value` of each entry."""

    n: int
    row: Floats
    column: Floats
    value: Floats

    def some(self, chosen: Floats) -> Matrix:
        """The chosen rows (a boolean of each), numbered anew."""
        kept = chosen[self.row]
        number = np.cumsum(chosen) - 1
        return Matrix(int(chosen.sum()), number[self.row[kept]], self.column[kept], self.value[kept])

    def weighed(self, rare: Floats) -> Matrix:
        """Each bucket times how much it counts; what counts nothing is left out."""
        value = self.value * np.append(rare, np.ones(WIDTH - GRAMS))[self.column]
        kept = value != 0.0
        return Matrix(self.n, self.row[kept], self.column[kept], value[kept])

    def times(self, w: Floats) -> Floats:
        """This matrix times a vector of weights, the last of which is the bias."""
        return np.bincount(self.row, self.value * w[self.column], self.n) + w[WIDTH]


def matrix(found: Sequence[Read]) -> Matrix:
    """Readings as a matrix of how often each message has each bucket."""
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for grams, named in found:
        columns += [*grams, *named]
        values += [*grams.values(), *([1.0] * len(named))]
        ends.append(len(columns))
    row = np.repeat(np.arange(len(found), dtype=np.int64), np.diff(ends))
    return Matrix(len(found), row, np.array(columns, dtype=np.int64), np.array(values))


def rarity(x: Matrix) -> Floats:
    """How much a bucket counts: more the fewer messages have it (inverse document frequency, Sparck Jones,
    1972), nothing where but one has it."""
    n = np.bincount(x.column, minlength=WIDTH)[:GRAMS]
    value = np.repeat((PIECE_VALUE, WHOLE_VALUE, FORM_VALUE), (HALF, SIZE - HALF, FORMS))
    return np.where(n > 1, value * (1 + np.log((1 + x.n) / (1 + n))), 0.0)


def fit(x: Matrix, y: Floats) -> Floats:
    """The weights that minimise squared hinge loss and squared distance from the prior."""
    mean, pull = np.zeros(WIDTH + 1), np.full(WIDTH + 1, L2_GRAMS)
    mean[GRAMS:WIDTH] = [PRIOR[n] * PRIOR_SHARE for n in _NAMES]
    pull[GRAMS:WIDTH], pull[WIDTH], mean[WIDTH] = L2_SIGNS, 1e-4, -1.0
    used = np.flatnonzero(np.bincount(x.column, minlength=WIDTH))  # what no message has keeps its prior
    number = np.zeros(WIDTH, dtype=np.int64)
    number[used] = np.arange(len(used))
    column = number[x.column]
    own, width, side = np.append(used, WIDTH), len(used), 2 * y - 1
    mean_, pull_ = mean[own], pull[own]

    def loss(w: Floats) -> tuple[float, Floats]:
        z = np.bincount(x.row, x.value * w[column], x.n) + w[width]
        off, short = w - mean_, np.maximum(0.0, 1 - side * z)
        slope = -2 * side * short
        back = np.append(np.bincount(column, x.value * slope[x.row], width), slope.sum())
        return float((short * short).sum() + 0.5 * (pull_ * off * off).sum()), back + pull_ * off

    mean[own] = minimum(loss, mean_.copy(), STEPS)
    return mean


def folds(rows: Sequence[Sample]) -> list[int]:
    """A fold for each message, messages that are nearly alike in the same."""
    group = alike(rows)
    roots = sorted(set(group))
    order = np.random.RandomState(0).permutation(len(roots))
    fold_of = {r: int(order[i]) % FOLDS for i, r in enumerate(roots)}
    return [fold_of[r] for r in group]


def alike(rows: Sequence[Sample]) -> list[int]:
    """A number for each message, the same for messages that share a quarter of their runs of four words."""
    head = list(range(len(rows)))

    def root(i: int) -> int:
        while head[i] != i:
            head[i] = head[head[i]]
            i = head[i]
        return i

    seen: dict[tuple[str, ...], int] = {}
    for i, s in enumerate(rows):
        words = re.findall(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+", fold(s.text))
        runs = dict.fromkeys(tuple(words[j : j + 4]) for j in range(max(1, len(words) - 3)))  # in order
        shared = Counter(root(seen[r]) for r in runs if r in seen)
        for other, n in shared.items():
            if n >= min(len(runs), max(2, len(runs) * 0.25)):
                head[root(i)] = other
        for r in runs:
            seen.setdefault(r, i)
    return [root(i) for i in range(len(rows))]


def out_of_fold(rows: Sequence[Sample], x: Matrix) -> Floats:
    """The evidence each message gets from a model that saw nothing like it."""
    y = np.array([float(s.spam) for s in rows])
    where = np.array(folds(rows))
    z = np.zeros(len(rows))
    for k in range(FOLDS):
        these = where == k
        if these.any():
            seen = x.some(~these)
            rare = rarity(seen)
            w = fit(seen.weighed(rare), y[~these])
            z[these] = x.some(these).weighed(rare).times(w)
    return z


def trained(rows: Sequence[Sample]) -> tuple[Model, Floats]:
    """A model of all rows, and the evidence out of fold that its thresholds were chosen on.

    Raises:
        Misfit: too few examples of either label.
    """
    if min(sum(s.spam for s in rows), sum(not s.spam for s in rows)) < 10:
        raise Misfit("too few examples", where="training file", next="at least 10 of spam and 10 of ham")
    x = matrix(readings(rows))
    y = np.array([float(s.spam) for s in rows])
    z = out_of_fold(rows, x)
    slope, offset = calibrated(z, y)
    rare = rarity(x)
    w = fit(x.weighed(rare), y)
    grams = w[:GRAMS] * rare
    model = Model(
        *_small(grams[:SIZE]),
        *_small(grams[SIZE:]),
        {n: float(w[_AT[n]]) for n in _NAMES},
        float(w[WIDTH]),
        slope=slope,
        offset=offset,
    )
    model.threshold = model.probability(threshold(z, y, PRECISION, MOST_FALSE))
    model.strong = max(model.threshold, model.probability(threshold(z, y, 0.998, STRONG_FALSE)))
    return model, z


def _small(weights: Floats) -> tuple[array[int], float]:
    """Weights as whole numbers of one byte, and what one of them is worth."""
    scale = float(np.abs(weights).max()) / 127 or 1.0
    return array("b", np.rint(weights / scale).astype(np.int8).tobytes()), scale
