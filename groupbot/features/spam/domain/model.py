"""The model: hashed words and pieces of words, how a message is set, and named signs, each with a weight.

A linear model: the evidence is the bias, the weights of the signs, and the weights of the words and of the
parts as they are typed (form.py), each over the square root of their number, so that long texts gather
evidence slowly. What a word or a part weighs depends on nothing else, so it is summed once and remembered.
Scores are probabilities between 0 and 1 (Platt scaling, 1999). What a chat taught is added to the evidence.
Nothing here keeps a text: a piece is a number of 17 bits.
"""

from __future__ import annotations

import math
import zlib
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from zlib import crc32

import msgspec
from msgspec import Struct

from groupbot.features.spam.domain import form
from groupbot.features.spam.domain.form import FORMS
from groupbot.features.spam.domain.signs import canonical, signs, tokens

BITS = 17
SIZE = 1 << BITS
_MASK = SIZE - 1
HALF = SIZE // 2
_LOW = HALF - 1
_HAN_FROM, _HAN_TO = "\u3400", "\u9fff"
_REMEMBERED = 30_000  # words whose weight is kept at hand
_HEAD, _TAIL = 260, 110  # characters read of a long text
_LONGEST = 32  # characters of a word
MAGIC = b"groupbot-spam-3\n"


class Reading(Struct, frozen=True):
    """A message as the model sees it: the signs it bears with the words that show them, its words in
    their order, and its parts as they are typed."""

    signs: dict[str, str]
    tokens: tuple[str, ...]
    parts: tuple[str, ...]

    @property
    def words(self) -> frozenset[int]:
        """The buckets of its whole words, Han pieces and pairs, from which a chat learns."""
        made: set[int] = set()
        heads = []
        for token in self.tokens:
            heads.append(bucket(token[:_LONGEST]))
            made.update(map(bucket, pieces(token)) if han(token) else heads[-1:])
        made.update((a * 31 + b * 17 + 7) & _MASK for a, b in pairwise(heads))
        return frozenset(made)


class Reason(Struct, frozen=True):
    """One cause of a score: a sign or an n-gram, and how far it moved the evidence (above 0: advert)."""

    what: str
    weight: float
    shown: str = ""


def han(token: str) -> bool:
    """Is a token a run of Han characters?"""
    return _HAN_FROM <= token[0] <= _HAN_TO


def pieces(token: str) -> list[str]:
    """A token as n-grams: the word itself and its 3-letter pieces; one to three Han characters."""
    token = token[:_LONGEST]
    if han(token):
        n = len(token)
        pairs = [token[i : i + 2] for i in range(n - 1)]
        return [*token, *pairs, *(token[i : i + 3] for i in range(n - 2))]
    if token[0].isdigit():
        return [f"#{min(len(token), 6)}"]
    made = [f"={token}"]
    if len(token) > 1:
        word = f"<{token}>"
        made += [word[i : i + 3] for i in range(len(word) - 2)]
    return made


def bucket(piece: str) -> int:
    """Where the weight of a piece lies: letters inside a word in the lower half, all else in the upper."""
    found = crc32(piece.encode("utf-16-le", "surrogatepass")) & _LOW
    return found | HALF if piece[0] in "=#" or han(piece) else found


def spread(words: Collection[str]) -> float:
    """What the weights of a message's words are divided by: the square root of their number, each Han
    character a word."""
    n = len(words)
    for w in words:
        if w[0] >= _HAN_FROM and han(w):
            n += min(len(w), _LONGEST) // 2
    return math.sqrt(n) or 1.0


def read(text: str, folded: str) -> Reading:
    """A message's features. `folded` is the same text in comparable spelling (features/rules/domain/fold).
    Of a long text the beginning and the end are read."""
    text, folded = _cut(text), _cut(folded)
    plain, kinds = canonical(folded)
    words = tokens(plain)
    return Reading(signs(text, plain, kinds, words), tuple(words), tuple(form.parts(text)))


def _cut(text: str) -> str:
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} {text[-_TAIL:]}"


class Model:
    """The weights: of words (SIZE of them) and of forms (FORMS). `slope` and `offset` turn evidence into a
    probability; `threshold` and `strong` are the probabilities from which a message counts as an advert, and
    as one beyond doubt."""

    __slots__ = (
        *("_known", "_typed", "bias", "forms", "offset", "scale", "scale_forms", "signs", "slope", "strong"),
        *("threshold", "weights"),
    )

    def __init__(
        self,
        weights: array[int],
        scale: float,
        forms: array[int],
        scale_forms: float,
        signs: dict[str, float],
        bias: float,
        *,
        slope: float = 1.0,
        offset: float = 0.0,
        threshold: float = 0.9,
        strong: float = 0.99,
    ) -> None:
        self.weights, self.scale, self.signs, self.bias = weights, scale, signs, bias
        self.forms, self.scale_forms = forms, scale_forms
        self.slope, self.offset, self.threshold, self.strong = slope, offset, threshold, strong
        self._known: dict[str, int] = {}
        self._typed: dict[str, int] = {}

    def evidence(self, reading: Reading, taught: Mapping[int, float] | None = None) -> float:
        """The sum of all weights; above 0 speaks for an advert. `taught` is what the chat has learnt."""
        known = self.signs
        total = self.bias
        for name in reading.signs:
            total += known.get(name, 0.0)
        words = set(reading.tokens)
        if words:
            get = self._known.get
            found = 0
            for w in words:
                weight = get(w)
                found += self._weight(w) if weight is None else weight
            total += found * self.scale / spread(words)
        if reading.parts:
            get = self._typed.get
            found = 0
            for part in reading.parts:
                weight = get(part)
                found += self._part(part) if weight is None else weight
            total += found * self.scale_forms / form.width(len(reading.parts))
        if taught:
            total += lessons(reading, taught)
        return total

    def _weight(self, word: str) -> int:
        """What a word and its pieces weigh, remembered."""
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        weights, first = self.weights, word[0]
        if "a" <= first < _HAN_FROM and len(word) > 1:  # letters: the way of `pieces` without its lists
            data = f"<{word[:_LONGEST]}>".encode("utf-16-le", "surrogatepass")
            found = weights[crc32(b"=\0" + data[2:-2]) & _LOW | HALF]
            for i in range(0, len(data) - 4, 2):
                found += weights[crc32(data[i : i + 6]) & _LOW]
        else:
            found = sum([weights[bucket(p)] for p in pieces(word)])
        self._known[word] = found
        return found

    def _part(self, part: str) -> int:
        """What a part as it is typed weighs, remembered."""
        if len(self._typed) >= _REMEMBERED:
            self._typed.clear()
        self._typed[part] = found = sum(map(self.forms.__getitem__, form.places(part)))
        return found

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
                found.append(Reason(_shown(word), self._weight(word) * part))
        each = self.scale_forms / form.width(len(reading.parts))
        for typed, n in Counter(reading.parts).items():
            found.append(Reason("typed so", self._part(typed) * n * each, typed))
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
                "scale_forms": self.scale_forms,
                "signs": {k: round(v, 3) for k, v in sorted(self.signs.items())},
                "bias": round(self.bias, 4),
                "slope": round(self.slope, 4),
                "offset": round(self.offset, 4),
                "threshold": round(self.threshold, 5),
                "strong": round(self.strong, 5),
            }
        )
        return (
            MAGIC
            + len(head).to_bytes(4, "big")
            + head
            + zlib.compress(self.weights.tobytes() + self.forms.tobytes(), 9)
        )


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
        if len(weights) != SIZE + FORMS:
            raise ValueError("a spam model of another size")
        scales = head.pop("scale"), head.pop("scale_forms")
        words, forms = weights[:SIZE], weights[SIZE:]
        return Model(words, scales[0], forms, scales[1], head.pop("signs"), head.pop("bias"), **head)
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
