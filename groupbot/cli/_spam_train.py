"""Training the spam model: logistic regressions with L2 and a Gaussian prior, by L-BFGS over numpy arrays.

Three are fitted apart and added up: what each is wrong in differs, and their sum is one linear model again.
The first reads signs, words and their 3-letter pieces, the second also pieces of 4 letters and pairs of
words, the third only how a message is set.

Deterministic: the same file gives the same model. Calibration and thresholds come from scores that each
message gets from a model which saw neither it nor anything nearly like it (grouped cross-validation).
"""

from __future__ import annotations

import csv
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from groupbot.cli._spam_fit import Floats, calibrated, minimum, threshold
from groupbot.errors import Misfit
from groupbot.features.rules.domain.fold import fold
from groupbot.features.spam.domain.model import Model, Reading, read
from groupbot.features.spam.domain.pieces import HALF, WIDE, bucket, finer, pieces, settings, spread, upper
from groupbot.features.spam.domain.prior import PRIOR

FOLDS = 5
WHOLE_VALUE, PIECE_VALUE = 2.2, 0.75  # how far whole words and Han n-grams count, and pieces of words
L2_SIGNS = 1.0
PRIOR_SHARE = 0.5
PRECISION, MOST_FALSE = 0.992, 0.004  # a little more than the threshold promises on unseen messages
STRONG_FALSE = 0.001
_LABELS = {"spam": True, "ham": False}
_NAMES = sorted(PRIOR)
_AT = {n: WIDE + i for i, n in enumerate(_NAMES)}
WIDTH = WIDE + len(_NAMES)
Entries = Sequence[dict[int, float]]


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


def words(reading: Reading) -> dict[int, float]:
    """The buckets of a message's pieces and how often it has them, divided as when it is scored."""
    return _counted(dict.fromkeys(reading.tokens), lambda w: map(bucket, pieces(w)))


def wording(reading: Reading) -> dict[int, float]:
    """The same with pieces of 4 letters and pairs of words."""
    known = dict.fromkeys(reading.tokens)
    found = _counted(known, lambda w: [*map(bucket, pieces(w)), *map(upper, finer(w))])
    for pair in set(pairwise(reading.tokens)):
        b = upper(*pair)
        found[b] = found.get(b, 0.0) + 1 / spread(known)
    return found


def setting(reading: Reading) -> dict[int, float]:
    """How a message is set: shapes in a row."""
    part = 1 / max(1, len(reading.shapes)) ** 0.5
    return {upper(*row): part for row in sorted(settings(reading.shapes))}


def _counted(known: dict[str, None], cut: Callable[[str], Iterable[int]]) -> dict[int, float]:
    found: dict[int, float] = {}
    part = 1 / spread(known) if known else 0.0
    for word in known:
        for b in cut(word):
            found[b] = found.get(b, 0.0) + part
    return found


@dataclass(frozen=True, slots=True)
class Part:
    """One of the regressions: what it reads, how far pieces and the rest count, how hard weights are pulled
    to nothing, whether it reads the signs, and its share in the sum."""

    entries: Callable[[Reading], dict[int, float]]
    piece: float
    whole: float
    pull: float
    signs: bool
    share: float


PARTS = (
    Part(words, PIECE_VALUE, WHOLE_VALUE, 3.0, signs=True, share=1.0),
    Part(wording, 1.0, 1.0, 4.4, signs=False, share=0.5),
    Part(setting, 1.0, 1.0, 1.5, signs=False, share=0.3),
)


def rarity(rows: Sequence[dict[int, float]], part: Part) -> Floats:
    """How much a bucket counts: more the fewer messages have it (inverse document frequency, Sparck Jones,
    1972), nothing where but one has it."""
    n = np.bincount([b for row in rows for b in row], minlength=WIDE)
    value = np.where(np.arange(WIDE) < HALF, part.piece, part.whole)
    return np.where(n > 1, value * (1 + np.log((1 + len(rows)) / (1 + n))), 0.0)


class Matrix:
    """Readings as a sparse matrix: `row`, `column`, `value` of each entry."""

    def __init__(self, rows: Sequence[dict[int, float]], rare: Floats, found: Sequence[Reading] = ()) -> None:
        columns: list[int] = []
        values: list[float] = []
        ends: list[int] = []
        for i, row in enumerate(rows):
            for b, value in sorted(row.items()):
                if rare[b]:
                    columns.append(b)
                    values.append(value * rare[b])
            if found:
                named = [_AT[n] for n in found[i].signs if n in _AT]
                columns += named
                values += [1.0] * len(named)
            ends.append(len(columns))
        self.n = len(rows)
        self.column = np.array(columns, dtype=np.int64)
        self.value = np.array(values)
        self.row = np.repeat(np.arange(self.n), np.diff([0, *ends]))

    def times(self, w: Floats) -> Floats:
        """This matrix times a vector of weights, the last of which is the bias."""
        return np.bincount(self.row, self.value * w[self.column], self.n) + w[-1]

    def narrowed(self, used: Floats) -> Matrix:
        """With the columns in `used` only, which holds all that are."""
        made = copy(self)
        made.column = np.searchsorted(used, self.column)
        return made

    def back(self, r: Floats, width: int) -> Floats:
        """The transpose times a vector, `width` long, and its sum for the bias."""
        return np.append(np.bincount(self.column, self.value * r[self.row], width), r.sum())


def fit(x: Matrix, y: Floats, part: Part) -> Floats:
    """The weights that minimise logistic loss and squared distance from the prior."""
    mean, pull = np.zeros(WIDTH + 1), np.full(WIDTH + 1, part.pull)
    pull[WIDE:WIDTH], pull[WIDTH], mean[WIDTH] = L2_SIGNS, 1e-4, -1.0
    if part.signs:
        mean[WIDE:WIDTH] = [PRIOR[n] * PRIOR_SHARE for n in _NAMES]

    used = np.union1d(x.column, np.arange(WIDE, WIDTH + 1))
    x, whole, mean, pull = x.narrowed(used), mean, mean[used], pull[used]

    def loss(w: Floats) -> tuple[float, Floats]:
        z = x.times(w)
        off = w - mean
        p = 1 / (1 + np.exp(-np.clip(z, -500, 500)))
        value = float((np.logaddexp(0, z) - y * z).sum() + 0.5 * (pull * off * off).sum())
        return value, x.back(p - y, len(w) - 1) + pull * off

    whole[used] = minimum(loss, mean.copy())
    return whole


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
    for part in PARTS:
        made = [part.entries(r) for r in found]
        for k in range(FOLDS):
            rest, these = np.where(where != k)[0], np.where(where == k)[0]
            if len(these):
                x, rare = _fitting(made, found, rest, part)
                w = fit(x, y[rest], part)
                z[these] += part.share * _matrix(made, found, these, rare, part).times(w)
    return z


def _fitting(made: Entries, found: Sequence[Reading], at: Floats, part: Part) -> tuple[Matrix, Floats]:
    rare = rarity([made[i] for i in at], part)
    return _matrix(made, found, at, rare, part), rare


def _matrix(made: Entries, found: Sequence[Reading], at: Floats, rare: Floats, part: Part) -> Matrix:
    return Matrix([made[i] for i in at], rare, [found[i] for i in at] if part.signs else ())


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
    grams, signs, bias = np.zeros(WIDE), np.zeros(len(_NAMES)), 0.0
    for part in PARTS:
        x, rare = _fitting([part.entries(r) for r in found], found, np.arange(len(found)), part)
        w = fit(x, y, part)
        grams += part.share * w[:WIDE] * rare
        signs += part.share * w[WIDE:WIDTH]
        bias += part.share * float(w[WIDTH])
    scale = float(np.abs(grams).max()) / 127 or 1.0
    weights = array("b", np.rint(grams / scale).astype(np.int8).tobytes())
    model = Model(
        weights,
        scale,
        dict(zip(_NAMES, map(float, signs), strict=True)),
        bias,
        slope=slope,
        offset=offset,
    )
    model.threshold = model.probability(threshold(z, y, PRECISION, MOST_FALSE))
    model.strong = max(model.threshold, model.probability(threshold(z, y, 0.998, STRONG_FALSE)))
    return model, z
