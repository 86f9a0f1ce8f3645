"""Patterns and texts made to keep a matcher busy: for the tests of bounded work, and for the benchmark."""

from __future__ import annotations

import random

LENGTH = 4096  # characters of a text: Telegram's longest

# exponential or cubic for engines that go back: nested repeats, alternatives that overlap, chains of .*
_NESTED = [
    f"({a}{q}){q2}{end}"
    for a in ("a", "aa", "a|aa", "a|a", "[a-z]", r"\w")
    for q in "*+"
    for q2 in "*+"
    for end in ("$", "b")
]
_CHAINS = [f"(.*{sep}){{{n}}}P" for sep in (",", "a", " ") for n in (5, 8, 11, 12, 20)]
_DOTS = [".*" * n + "b" for n in (2, 5, 10, 20)] + [
    "(.*)*b",
    "(.+)+b",
    "(.?){50}b",
    "(a?){40}a{40}",
    "(a|b|ab)*c",
]
_STATES = [f"(a|b)*a(a|b){{{n}}}" for n in (5, 10, 12, 15, 20, 30)] + [
    f"a.{{{n}}}b" for n in (5, 20, 50, 100)
]
_LARGE = [
    "((a{1,30}){1,30}){1,30}b",
    "(x{1,99}){1,99}",
    r"\pL{500}",
    "[а-яё]{300}",
    "((((a?){9}){9}){9}){9}b",
]
_BACK = [r"(a)\1+b", r"(?=a+)b", r"(?<=a)b", r"(?!x)y", r"(?P<n>a)(?P=n)", r"(?>a+)b"]
_MAIL = [
    r"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(\d+\.?)+x",
    r"<(\w+)(\s+\w+=\"[^\"]*\")*>x",
    r"(https?://)?([\w-]+\.)+[a-z]+(/[\w./?%&=-]*)*!",
    r"^(\s*\w+\s*=\s*\w+\s*)*;$",
]
_WILD = [
    "*".join("abcdefgh"),
    "**".join("abcdefgh"),
    "?" * 12 + "a",
    "a" + "?" * 12,
    "*a*b*c*",
    "a**b**c**d**e",
]
_WILD += (
    ["**a" * n + "b" for n in (3, 6, 12)]
    + ["a?" * n for n in (3, 6, 12)]
    + ["a*" * n + "!" for n in (3, 6, 12)]
)

EXPRESSIONS = [*_NESTED, *_CHAINS, *_DOTS, *_STATES, *_LARGE, *_BACK, *_MAIL]
WILDCARDS = _WILD
LINES = [
    *(f're:"{p.replace(chr(34), chr(92) + chr(34))}"' for p in EXPRESSIONS),
    *(f'"{w}"' for w in WILDCARDS),
]


def texts() -> list[str]:
    """Six texts of the full length that end where a hit would have to."""
    rng = random.Random(25)
    pick = lambda letters: "".join(rng.choice(letters) for _ in range(LENGTH - 1)) + "!"  # noqa: E731
    return [
        "a" * (LENGTH - 1) + "!",
        pick("ab"),
        pick("abcdefghijklmnopqrstuvwxyz "),
        ("a," * LENGTH)[: LENGTH - 1] + "!",
        ("ab " * LENGTH)[: LENGTH - 1] + "!",
        ("加薇信a1" * LENGTH)[: LENGTH - 1] + "!",
    ]


def rules() -> list[str]:
    """200 entries with wildcards and expressions: ordinary ones, and as many hostile ones as are taken."""
    rng = random.Random(200)
    words = "win cash free bonus loan slot cheap deal покер приз ставки займ 返现 刷单 兼职".split()
    made = [
        f'"{rng.choice(words)}{i} {wild} {rng.choice(words)}*"'
        for i in range(165)
        for wild in [rng.choice(("*", "**", "?"))]
    ]
    return [*made, *LINES]
