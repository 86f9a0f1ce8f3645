"""G36: licences, hooks, the bill of materials, the wheel."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.reliability import supply
from tests.reliability.supply import ROOT, bill, hooks, licences, runtime, wrong_licences


def test_runtime_packages_are_few_and_pinned_with_hashes() -> None:
    lock = (ROOT / "requirements" / "dev.lock").read_text("utf-8")
    names = {p.name.lower().replace("_", "-") for p in runtime()}
    assert 20 < len(names) <= supply.MOST
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lock.splitlines() if "==" in line}
    assert sorted(names - pinned) == []
    blocks = [b for b in lock.replace("\\\n", " ").splitlines() if b and b[0] not in "# "]
    assert [b.split()[0] for b in blocks if "--hash=sha256:" not in b] == []


def test_every_licence_is_permissive_or_of_a_library_that_is_named() -> None:
    assert wrong_licences() == []
    assert (ROOT / "docs" / "licences.md").read_text("utf-8") == licences()


def test_nothing_that_is_installed_runs_when_python_starts() -> None:
    assert hooks() == []


def test_bill_of_materials_names_every_package_and_what_it_needs() -> None:
    made = bill()
    refs = {c["bom-ref"] for c in made["components"]}
    assert len(refs) == len(runtime())
    assert {d["ref"] for d in made["dependencies"]} == refs | {made["metadata"]["component"]["bom-ref"]}
    assert {r for d in made["dependencies"] for r in d["dependsOn"]} <= refs
    assert [c["name"] for c in made["components"] if c["licenses"][0]["expression"] == "unknown"] == []


@pytest.mark.xdist_group("alone")
def test_wheel_is_the_same_whoever_builds_it_and_holds_nothing_else(tmp_path: Path) -> None:
    one = supply.wheel(tmp_path / "one")
    mask = os.umask(0o077)
    try:
        two = supply.wheel(tmp_path / "two")
    finally:
        os.umask(mask)
    assert supply.digest(one) == supply.digest(two)
    assert supply.odd_files(one) == []
    other = supply.wheel(tmp_path / "other", "1600000000")
    assert supply.digest(other) != supply.digest(one)  # the comparison can fail
    shutil.rmtree(tmp_path / "other")
