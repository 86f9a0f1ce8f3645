"""The model: hashed words, pieces of words and pairs, and the named signs, each with a weight.

A logistic regression: the evidence is the bias, the weights of the signs, and the weights of the n-grams over
the square root of their number, so that long texts gather evidence slowly. Scores are probabilities between
0 and 1 (Platt scaling, 1999). What a chat taught is added to the evidence. Nothing here keeps a text: an
n-gram is a number of 17 bits.
"""

from __future__ import annotations

import math
import zlib
from array import array
from collections.abc import Iterable, Mapping
from itertools import pairwise

import msgspec
from msgspec import Struct

from groupbot.features.spam.domain.signs import canonical, signs, tokens

BITS = 17
SIZE = 1 << BITS
_MASK = SIZE - 1
_HAN_FROM, _HAN_TO = "\u3400", "\u9fff"
_REMEMBERED = 20_000  # words whose pieces are kept at hand
_LONGEST = 4096  # characters read
MAGIC = b"groupbot-spam-1\n"


class Reading(Struct, frozen=True):
    """A message as the model sees it: the signs it bears with the words that show them, the buckets of all
    its n-grams, and those of its whole words and pairs only, from which a chat learns."""

    signs: dict[str, str]
    grams: frozenset[int]
    words: frozenset[int]


class Reason(Struct, frozen=True):
    """One cause of a score: a sign or an n-gram, and how far it moved the evidence (above 0: advert)."""

    what: str
    weight: float
    shown: str = ""


def pieces(token: str) -> list[str]:
    """A token as n-grams: the word itself and its 3- and 5-letter pieces; one to three Han characters."""
    first = token[0]
    if _HAN_FROM <= first <= _HAN_TO:
        n = len(token)
        pairs = [token[i : i + 2] for i in range(n - 1)]
        return [*token, *pairs, *(token[i : i + 3] for i in range(n - 2))]
    made = [f"={token[:24]}"]
    if first not in "#§" and len(token) > 1:
        word = f"<{token[:24]}>"
        n = len(word)
        made += [word[i : i + 3] for i in range(n - 2)]
        made += [word[i : i + 5] for i in range(n - 4)]
    return made


def bucket(piece: str) -> int:
    """Where the weight of a piece lies."""
    return zlib.crc32(piece.encode("utf-8", "replace")) & _MASK


_known: dict[str, tuple[int, ...]] = {}


def _of_word(token: str) -> tuple[int, ...]:
    """The buckets of a token, the whole word's first."""
    if len(_known) >= _REMEMBERED:
        _known.clear()
    made = _known[token] = tuple([bucket(p) for p in pieces(token[:64])])
    return made


def read(text: str, folded: str) -> Reading:
    """A message's features. `folded` is the same text in comparable spelling (features/rules/domain/fold)."""
    text, folded = text[:_LONGEST], folded[:_LONGEST]
    plain, kinds = canonical(folded)
    words = tokens(plain)
    known = _known
    rows = [known.get(w) or _of_word(w) for w in words]
    heads = [r[0] for r in rows]
    pairs = {(a * 31 + b * 17 + 7) & _MASK for a, b in pairwise(heads)}
    whole = {r[0] if len(r) < 2 or w[0] < _HAN_FROM else r[-1] for w, r in zip(words, rows, strict=True)}
    for w, r in zip(words, rows, strict=True):
        if _HAN_FROM <= w[0] <= _HAN_TO:
            whole.update(r[len(w) :])
    return Reading(
        signs(text, plain, kinds, len(words)), frozenset(pairs.union(*rows)), frozenset(pairs | whole)
    )


class Model:
    """The weights. `slope` and `offset` turn evidence into a probability; `threshold` and `strong` are the
    probabilities from which a message counts as an advert, and as one beyond doubt."""

    __slots__ = ("_get", "bias", "offset", "scale", "signs", "slope", "strong", "threshold", "weights")

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
        self._get = weights.__getitem__

    def evidence(self, reading: Reading, taught: Mapping[int, float] | None = None) -> float:
        """The sum of all weights; above 0 speaks for an advert. `taught` is what the chat has learnt."""
        known = self.signs
        total = self.bias
        for name in reading.signs:
            total += known.get(name, 0.0)
        grams = reading.grams
        if grams:
            total += sum(map(self._get, grams)) * self.scale / math.sqrt(len(grams))
        if taught:
            total += lessons(reading, taught)
        return total

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
        part = self.scale / math.sqrt(max(1, len(reading.grams)))
        plain, _ = canonical(folded[:_LONGEST])
        for word in dict.fromkeys(tokens(plain)):
            seen = pieces(word[:64])
            weights = [(self.weights[bucket(p)] * part, p) for p in seen]
            if _HAN_FROM <= word[0] <= _HAN_TO:
                found += [Reason(p, w) for w, p in weights]
            else:
                found.append(Reason(_shown(word), sum(w for w, _ in weights)))
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
    if token[0] == "#" and len(token) > 1:
        return f"a number of {token[1]} digits"
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
        if len(weights) != SIZE:
            raise ValueError("a spam model of another size")
        return Model(weights, head.pop("scale"), head.pop("signs"), head.pop("bias"), **head)
    except (msgspec.MsgspecError, zlib.error, KeyError, TypeError) as e:
        raise ValueError("a damaged spam model") from e


# --- what a chat teaches
STEP = 5.0  # evidence a lesson moves its own message by, at an error of 1


def lessons(reading: Reading, taught: Mapping[int, float]) -> float:
    """The evidence a chat's lessons add: their weights over the square root of the words."""
    found = sum(taught.get(b, 0.0) for b in reading.words)
    return found / math.sqrt(max(1, len(reading.words)))


def learned(words: Iterable[int], spam: bool, probability: float) -> dict[int, float]:
    """What one message changes: a step of stochastic gradient descent on the logistic loss, spread over its
    words, so that the same message seen again has moved by STEP times the error."""
    words = list(words)
    error = (1.0 if spam else 0.0) - probability
    if -0.02 < error < 0.02:
        error = math.copysign(0.02, error)
    step = STEP * error / math.sqrt(max(1, len(words)))
    return dict.fromkeys(words, step)
