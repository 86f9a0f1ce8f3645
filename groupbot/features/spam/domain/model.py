"""The model: hashed words and pieces of words, and the named signs, each with a weight.

A linear model: the evidence is the bias, the weights of the signs, the weights of the words and of pairs of
words over the square root of the number of words, so that long texts gather evidence slowly, and those of how
it is set (capitals, marks, lines) over that of its parts. What a word weighs (itself and its pieces) depends
on nothing but the word, so it is summed once and remembered; so are pairs and settings. Scores are
probabilities between 0 and 1 (Platt scaling, 1999). What a chat taught is added to the evidence. Nothing here
keeps a text: a piece is a number of 18 bits.
"""

from __future__ import annotations

import math
import zlib
from array import array
from collections.abc import Iterable, Mapping
from itertools import pairwise
from zlib import crc32

import msgspec
from msgspec import Struct

from groupbot.features.spam.domain.pieces import (
    CODES,
    ENDS,
    HALF,
    HAN_FROM,
    LONGEST,
    LOW,
    MASK,
    PART,
    SHAPES,
    SIZE,
    WIDE,
    Known,
    bucket,
    finer,
    han,
    pieces,
    settings,
    spread,
    upper,
)
from groupbot.features.spam.domain.signs import canonical, signs, tokens

_HEAD, _TAIL = 260, 110  # characters read of a long text
MAGIC = b"groupbot-spam-3\n"


class Reading(Struct, frozen=True):
    """A message as the model sees it: the signs it bears with the words that show them, its words in
    their order, and the shapes of its parts as they were written."""

    signs: dict[str, str]
    tokens: tuple[str, ...]
    shapes: tuple[str, ...] = ()

    @property
    def words(self) -> frozenset[int]:
        """The buckets of its whole words, Han pieces and pairs, from which a chat learns."""
        made: set[int] = set()
        heads = []
        for token in self.tokens:
            heads.append(bucket(token[:LONGEST]))
            made.update(map(bucket, pieces(token)) if han(token) else heads[-1:])
        made.update((a * 31 + b * 17 + 7) & MASK for a, b in pairwise(heads))
        return frozenset(made)


class Reason(Struct, frozen=True):
    """One cause of a score: a sign or an n-gram, and how far it moved the evidence (above 0: advert)."""

    what: str
    weight: float
    shown: str = ""


def read(text: str, folded: str) -> Reading:
    """A message's features. `folded` is the same text in comparable spelling (features/rules/domain/fold).
    Of a long text the beginning and the end are read."""
    text, folded = _cut(text), _cut(folded)
    plain, kinds = canonical(folded)
    words = tokens(plain)
    shapes = tuple(map(SHAPES.__getitem__, PART.findall(text)))
    return Reading(signs(text, plain, kinds, words), tuple(words), shapes)


def _cut(text: str) -> str:
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} {text[-_TAIL:]}"


class Model:
    """The weights. `slope` and `offset` turn evidence into a probability; `threshold` and `strong` are the
    probabilities from which a message counts as an advert, and as one beyond doubt."""

    __slots__ = (
        "_known",
        "_several",
        "bias",
        "offset",
        "scale",
        "signs",
        "slope",
        "strong",
        "threshold",
        "weights",
    )

    def __init__(
        self,
        weights: array[int],
        scale: float,
        signs: dict[str, float],
        bias: float,
        *,
        slope: float = 1.0,
        offset: float = 0.0,
        threshold: float = 0.9,
        strong: float = 0.99,
    ) -> None:
        self.weights, self.scale, self.signs, self.bias = weights, scale, signs, bias
        self.slope, self.offset, self.threshold, self.strong = slope, offset, threshold, strong
        self._known, self._several = Known(self._word), Known(self._some)

    def evidence(self, reading: Reading, taught: Mapping[int, float] | None = None) -> float:
        """The sum of all weights; above 0 speaks for an advert. `taught` is what the chat has learnt."""
        known = self.signs
        total = self.bias
        for name in reading.signs:
            total += known.get(name, 0.0)
        tokens = reading.tokens
        if tokens:
            words = set(tokens)
            found = sum(map(self._known.__getitem__, words))
            weights, codes, ends = (
                self.weights,
                CODES,
                ENDS,
            )  # as `upper(a, b)`, without putting a text together
            found += sum([weights[crc32(ends[b], codes[a]) & MASK | SIZE] for a, b in set(pairwise(tokens))])
            total += found * self.scale / spread(words)
        if len(reading.shapes) > 2:
            found = sum(map(self._several.__getitem__, settings(reading.shapes)))
            total += found * self.scale / math.sqrt(len(reading.shapes))
        if taught:
            total += lessons(reading, taught)
        return total

    def _word(self, word: str) -> int:
        """What a word and its pieces weigh."""
        weights, first = self.weights, word[0]
        if "a" <= first < HAN_FROM and len(word) > 1:  # letters: the way of `pieces` without its lists
            data = f"<{word[:LONGEST]}>".encode("utf-16-le", "surrogatepass")
            end = len(data)
            found = weights[crc32(b"=\0" + data[2:-2]) & LOW | HALF]
            found += sum([weights[crc32(data[i : i + 6]) & LOW] for i in range(0, end - 4, 2)])
            return found + sum([weights[crc32(data[i : i + 8]) & MASK | SIZE] for i in range(0, end - 6, 2)])
        return sum([weights[bucket(p)] for p in pieces(word)]) + sum([weights[upper(p)] for p in finer(word)])

    def _some(self, row: tuple[str, ...]) -> int:
        """What words or shapes in a row weigh."""
        return self.weights[upper(*row)]

    def score(self, reading: Reading, taught: Mapping[int, float] | None = None) -> float:
        """The probability, 0 to 1, that this is an advert."""
        return self.probability(self.evidence(reading, taught))

    def probability(self, evidence: float) -> float:
        """Evidence as a probability."""
        x = self.slope * evidence + self.offset
        return 1 / (1 + math.exp(-x)) if x > -700 else 0.0

    def reasons(
        self, text: str, folded: str, taught: Mapping[int, float] | None = None, most: int = 5
    ) -> list[Reason]:
        """The strongest causes of a message's score, for and against, strongest first."""
        reading = read(text, folded)
        found = [
            Reason(name, self.signs[name], shown)
            for name, shown in reading.signs.items()
            if name in self.signs
        ]
        words = set(reading.tokens)
        part = self.scale / spread(words)
        for word in dict.fromkeys(reading.tokens):
            if han(word):
                found += [Reason(p, self.weights[bucket(p)] * part) for p in pieces(word)]
            else:
                found.append(Reason(_shown(word), self._known[word] * part))
        for a, b in dict.fromkeys(pairwise(reading.tokens)):
            found.append(Reason(f"{_shown(a)} {_shown(b)}", self._several[a, b] * part))
        if len(reading.shapes) > 2:
            weight = sum(map(self._several.__getitem__, settings(reading.shapes)))
            found.append(Reason("how it is set", weight * self.scale / math.sqrt(len(reading.shapes))))
        own = lessons(reading, taught) if taught else 0.0
        if own:
            found.append(Reason("taught here", own))
        found.sort(key=lambda r: -abs(r.weight))
        return [r for r in found if abs(r.weight) >= 0.01][:most]

    def dumped(self) -> bytes:
        """The model as a file: a line of magic, the length of the head, the head as JSON, the weights."""
        head = msgspec.json.encode(
            {
                "scale": self.scale,
                "signs": {k: round(v, 3) for k, v in sorted(self.signs.items())},
                "bias": round(self.bias, 4),
                "slope": round(self.slope, 4),
                "offset": round(self.offset, 4),
                "threshold": round(self.threshold, 5),
                "strong": round(self.strong, 5),
            }
        )
        return MAGIC + len(head).to_bytes(4, "big") + head + zlib.compress(self.weights.tobytes(), 9)


def _shown(token: str) -> str:
    """A token as people read it."""
    if token[0].isdigit():
        return "a number"
    return f"the mark {token}" if not token[0].isalnum() and len(token) == 1 else token.removeprefix("§")


def loaded(data: bytes) -> Model:
    """A model from a file's bytes.

    Raises:
        ValueError: not such a file.
    """
    start = len(MAGIC) + 4
    if not data.startswith(MAGIC) or len(data) < start:
        raise ValueError("not a spam model")
    end = start + int.from_bytes(data[len(MAGIC) : start], "big")
    try:
        head = msgspec.json.decode(data[start:end])
        weights: array[int] = array("b", zlib.decompress(data[end:]))
        if len(weights) != WIDE:
            raise ValueError("a spam model of another size")
        return Model(weights, head.pop("scale"), head.pop("signs"), head.pop("bias"), **head)
    except (msgspec.MsgspecError, zlib.error, KeyError, TypeError) as e:
        raise ValueError("a damaged spam model") from e


# --- what a chat teaches
STEP = 5.0  # evidence a lesson moves its own message by, at an error of 1


def lessons(reading: Reading, taught: Mapping[int, float]) -> float:
    """The evidence a chat's lessons add: their weights over the square root of the words."""
    words = reading.words
    return sum(taught.get(b, 0.0) for b in words) / math.sqrt(max(1, len(words)))


def learned(words: Iterable[int], spam: bool, probability: float) -> dict[int, float]:
    """What one message changes: a step of stochastic gradient descent on the logistic loss, spread over its
    words, so that the same message seen again has moved by STEP times the error."""
    words = list(words)
    error = (1.0 if spam else 0.0) - probability
    if -0.02 < error < 0.02:
        error = math.copysign(0.02, error)
    step = STEP * error / math.sqrt(max(1, len(words)))
    return dict.fromkeys(words, step)
