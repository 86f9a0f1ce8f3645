"""The maker of mutants itself."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from tests.mutation.areas import AREAS
from tests.mutation.equivalent import EQUIVALENT, key
from tests.mutation.mutants import at_import, held, mutants, place

SOURCE = '''
"""A module."""
LIMIT = 3

def made(x):
    return x

MADE = made(LIMIT)

class Pot:
    def full(self, n, most=LIMIT):
        """True when nothing more goes in."""
        def over():
            return n > most
        if not n:
            return False
        return over() or n == most
'''


def loaded(folder: Path) -> ModuleType:
    (folder / "pot_of_mutants.py").write_text(SOURCE)
    spec = importlib.util.spec_from_file_location("pot_of_mutants", folder / "pot_of_mutants.py")
    assert spec is not None and spec.loader is not None
    module = sys.modules["pot_of_mutants"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_mutant_is_one_fault_of_a_function_that_is_held_already(tmp_path: Path) -> None:
    module = loaded(tmp_path)
    full, whole = module.Pot().full, module.Pot.full.__code__
    assert at_import(module) == {"LIMIT", "MADE", "made"}
    found = [m for m in mutants(module) if m.function == "Pot.full"]
    assert [(m.line, m.what) for m in found] == [
        (14, "returns None"),
        (14, "Gt → GtE"),
        (15, "condition negated"),
        (15, "not left out"),
        (16, "returns None"),
        (16, "False → True"),
        (17, "returns None"),
        (17, "Or → And"),
        (17, "Eq → NotEq"),
    ]
    right = [full(n) for n in (0, 1, 3, 4)]
    wrong = []
    functions = held([found[0].path])
    for mutant in found:
        for function in functions[place(mutant)]:
            function.__code__ = mutant.code
        wrong.append([full(n) for n in (0, 1, 3, 4)] != right)
        module.Pot.full.__code__ = whole
    assert right == [False, False, True, True]
    assert wrong == [True, False, True, True, True, True, True, True, True]  # `>=` is `>` or `==` here


def test_every_equivalent_is_a_mutant_of_an_area() -> None:
    modules = {m for area in AREAS.values() for m in area.modules} & {module for module, *_ in EQUIVALENT}
    there = {key(m) for name in modules for m in mutants(importlib.import_module(name))}
    assert EQUIVALENT.keys() - there == set()
    assert all(len(why) > 10 for why in EQUIVALENT.values())
    assert len(EQUIVALENT) < 100


def test_every_area_names_modules_and_tests_that_are_there() -> None:
    root = Path(__file__).parents[2]
    for area in AREAS.values():
        assert [m for m in area.modules if importlib.util.find_spec(m) is None] == []
        assert [t for t in area.tests if not (root / t).exists()] == []
