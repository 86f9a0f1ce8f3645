"""Draws that the stand-alone verifiers recompute, and that favour nobody."""

import ast
import copy
import json
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from groupbot.features.lottery import domain
from groupbot.features.lottery.domain import Order, Prize

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "content_templates" / "lottery" / "verify_lottery.py"
PAGE = ROOT / "content_templates" / "lottery" / "verify.html"
CLOSES = datetime(2027, 1, 30, 10, 0, tzinfo=UTC)


def made(number: int = 17, people: int = 22, seats: int = 3, seed: int = 1) -> dict[str, Any]:
    rng = random.Random(seed)
    salt = rng.randbytes(32).hex()
    rules = domain.rules_text(
        Order((Prize("山楂陈皮礼盒", seats),)), closes=CLOSES, tenure_hours=24, claim_hours=72, salt=salt
    )
    entries = [domain.entry_of(salt, 10**9 + i) for i in range(people)]
    return domain.record(number=number, rules=rules, server_seed=rng.randbytes(32).hex(), entries=entries)


def script(record: Any, *more: str, text: str = "") -> tuple[int, str]:
    run = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), "-", *more],
        input=text or json.dumps(record),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return run.returncode, run.stdout.splitlines()[0]


def verifier() -> Callable[..., str]:
    """The script's own check, read from the file: it imports nothing of groupbot."""
    names: dict[str, Any] = {"__name__": "verify_lottery"}
    exec(compile(SCRIPT.read_text("utf-8"), str(SCRIPT), "exec"), names)
    trouble: Callable[..., str] = names["trouble"]
    return trouble


def swapped(values: list[str]) -> list[str]:
    return [values[1], values[0], *values[2:]]


def other(text: str) -> str:
    return ("0" if text[0] != "0" else "1") + text[1:]


SPOILT: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("ranking", lambda r: [other(r["ranking"][0]), *r["ranking"][1:]], "entry root differs"),
    ("ranking", lambda r: r["ranking"][:-1], "entry count differs"),
    ("ranking", lambda r: [*r["ranking"][:-1], r["ranking"][0]], "an entry stands twice"),
    ("ranking", lambda r: swapped(r["ranking"]), "ranking differs"),
    ("winners", lambda r: swapped(r["winners"]), "winners differ"),
    ("root", lambda r: other(r["root"]), "entry root differs"),
    ("seed", lambda r: other(r["seed"]), "seed differs"),
    ("server_seed", lambda r: other(r["server_seed"]), "commitment differs"),
    ("commitment", lambda r: other(r["commitment"]), "commitment differs"),
    ("rules", lambda r: r["rules"].replace('"seats":3', '"seats":4'), "rules hash differs"),
    ("beacon", lambda r: "1234", "a beacon stands there that the rules do not know"),
    ("lottery", lambda r: 18, "seed differs"),
    ("version", lambda r: "groupbot-lottery-3", "version differs"),
    ("count", lambda r: "22", "field count is missing or of another kind"),
]


def test_two_hundred_draws_are_recomputed_by_the_script_on_its_own() -> None:
    trouble = verifier()
    rng = random.Random(34)
    sizes = [0, 1, 2, 3, 5, 8, 9, *(rng.randint(1, 300) for _ in range(193))]
    found = [trouble(made(i, n, rng.randint(1, 20), i)) for i, n in enumerate(sizes)]
    assert found == [""] * 200


def test_the_script_is_for_python_3_9_as_it_says() -> None:
    """Members' own machines are older than the bot's: no name and no syntax of a later version."""
    text = SCRIPT.read_text("utf-8")
    ast.parse(text, feature_version=(3, 9))
    later = r"import .*\bUTC\b|\bpairwise\b|strict=|bit_count|fromisoformat|\bmatch .*:$|StrEnum|tomllib"
    assert re.findall(later, text, re.M) == []


def test_the_script_says_yes_in_a_process_of_its_own() -> None:
    record = made()
    assert script(record) == (0, "✓ draw #17: 22 entries, 3 won")
    card = f"commitment {record['commitment']} rules {record['rules_hash']} root {record['root']}"
    assert script(record, "--card", card) == (0, "✓ draw #17: 22 entries, 3 won")


@pytest.mark.parametrize(("field", "spoil", "name"), SPOILT)
def test_an_altered_record_fails_by_the_name_of_the_check(
    field: str, spoil: Callable[[dict[str, Any]], Any], name: str
) -> None:
    record = copy.deepcopy(made())
    record[field] = spoil(record)
    assert verifier()(record) == name


def test_the_script_names_the_failed_check_and_a_foreign_card() -> None:
    record = made()
    record["ranking"][3] = other(record["ranking"][3])
    assert script(record) == (1, "✗ entry root differs")
    assert script(made(), "--card", "commitment 00") == (1, "✗ the card shows another commitment")


@pytest.mark.parametrize("field", ["none", "ranking", "winners", "server_seed"])
def test_the_page_for_phones_agrees_with_the_script(field: str, tmp_path: Path) -> None:
    record = made()
    expected = "✓ draw #17 holds"
    if field != "none":
        _, spoil, name = next(s for s in SPOILT if s[0] == field)
        record[field] = spoil(record)
        expected = "✗ " + {"winners differ": "winners differs"}.get(name, name)
    assert expected in on_the_page(record, tmp_path)


def on_the_page(record: Any, folder: Path) -> list[str]:
    """What the offline page says of a record, line by line."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node to run the page's script")
    code = PAGE.read_text("utf-8").split("<script>")[1].split("</script>")[0]
    stand_in = """
      const nodes = {}; const node = () => ({ append() {}, replaceChildren() {}, addEventListener() {} });
      globalThis.crypto ??= require("crypto").webcrypto;
      globalThis.document = { getElementById: id => nodes[id] ??= node(), createElement: node };
    """
    call = f"check({json.dumps(json.dumps(record))}, '').then(() => console.log(nodes.said.textContent));"
    (folder / "page.cjs").write_text(stand_in + code + call, "utf-8")
    return subprocess.run(
        [node, str(folder / "page.cjs")], capture_output=True, text=True, encoding="utf-8", check=True
    ).stdout.splitlines()


def test_every_place_of_the_ranking_is_as_likely_for_each_entry() -> None:
    """χ² of the winner among 20 entries over 10,000 draws: not rejected at 1 % (19 degrees: 36.2)."""
    rng, wins = random.Random(2027), Counter[int]()
    draws, people = 10_000, 20
    entries = [domain.entry_of("00" * 32, i) for i in range(people)]
    who = {e: i for i, e in enumerate(entries)}
    root = domain.root_of(entries)
    for i in range(draws):
        seed = domain.seed_of(i, "rules", root, rng.randbytes(32).hex())
        wins[who[domain.ranking_of(seed, entries)[0]]] += 1
    expected = draws / people
    assert sum((wins[i] - expected) ** 2 / expected for i in range(people)) < 36.2


def test_a_fixed_draw_keeps_its_ranking() -> None:
    """Fixed entries and seed: whoever changes the arithmetic changes this."""
    record = made()
    assert [w[:8] for w in record["winners"]] == [w[:8] for w in record["ranking"][:3]]
    assert (record["root"][:16], record["seed"][:16], record["ranking"][0][:16]) == (
        "7cee34b98b05db9e",
        "86c50a1c5d896f9b",
        "547ad812c46bd02a",
    )


def test_an_entry_does_not_tell_the_person_and_differs_by_draw() -> None:
    a, b = domain.entry_of("00" * 32, 7), domain.entry_of("01" * 32, 7)
    assert (len(a), a != b) == (32, True)


@pytest.mark.parametrize(
    ("args", "order"),
    [
        ("礼盒 x3 24h", Order((Prize("礼盒", 3),))),
        ("礼盒 30s x3", Order((Prize("礼盒", 3),), timedelta(seconds=30))),
        ("山楂 礼盒 ×2 3天", Order((Prize("山楂 礼盒", 2),), timedelta(days=3))),
        ("礼盒", Order((Prize("礼盒", 1),))),
        ("iPhone 15 x1", Order((Prize("iPhone 15", 1),))),
        ("x3", Order((Prize("x3", 1),))),
        ("", None),
        ("礼盒 x0", None),
        ("礼盒 x51", None),
        ("礼盒 1s", None),
        ("礼盒 31d", None),
        ("很" * 61, None),
    ],
)
def test_an_order_is_read_or_refused(args: str, order: Order | None) -> None:
    assert domain.parse(args) == order


@pytest.mark.parametrize("people", [0, 1, 30, 400])
def test_a_printed_record_can_be_pasted_together(people: int) -> None:
    record = made(people=people)
    pieces = domain.printed(record, 3800)
    assert max(map(len, pieces)) <= 3800
    assert json.loads("\n".join(pieces)) == json.loads(" ".join(pieces)) == record


def test_messages_copied_with_their_heads_are_read_by_the_script_too() -> None:
    pieces = domain.printed(made(), 900)
    copied = "\n".join(f"groupbot, [22.11.2026 13:47]\n{p}\n" for p in pieces)
    assert len(pieces) > 1
    assert script(None, text=copied) == (0, "✓ draw #17: 22 entries, 3 won")
