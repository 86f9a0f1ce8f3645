"""G36: licences, hooks, the bill of materials, the wheel."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pytest import MonkeyPatch

from tests.reliability import supply
from tests.reliability.supply import ROOT, bill, hooks, licences, runtime, wrong_licences


def test_runtime_packages_are_few_and_pinned_with_hashes(tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    assert 20 < len(runtime()) <= supply.MOST
    assert supply.unpinned() == []
    lock = (ROOT / "requirements" / "dev.lock").read_text("utf-8")
    (tmp_path / "requirements").mkdir()
    loose = lock.replace("aiohttp==", "other==", 1) + "\nbare==1.0\n"
    (tmp_path / "requirements" / "dev.lock").write_text(loose)
    monkeypatch.setattr(supply, "ROOT", tmp_path)
    assert supply.unpinned() == ["aiohttp", "bare==1.0"]


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


@contextmanager
def advisories(**known: str) -> Iterator[str]:
    """A source of advisories that knows a weakness of these packages."""

    class Source(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            ids = [known.get(q["package"]["name"]) for q in asked]
            day = "2026-01-01T00:00:00Z"
            self.says({"results": [{"vulns": [{"id": i, "modified": day}]} if i else {} for i in ids]})

        def do_GET(self) -> None:
            self.says(
                {"id": self.path.rsplit("/", 1)[-1], "modified": "2026-01-01T00:00:00Z", "affected": []}
            )

        def says(self, what: object) -> None:
            body = json.dumps(what).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Source) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"--service-url=http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_known_weaknesses_are_found_where_a_source_answers_and_said_to_be_unchecked_elsewhere(
    monkeypatch: MonkeyPatch,
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with advisories() as source:
        code, said = supply.weaknesses(source)
        assert (code, "no known vulnerabilities" in said) == (0, True)
    code, said = supply.weaknesses(source)  # it is gone
    assert (code, said.startswith("not checked: no source of advisories answers (")) == (77, True)
    with advisories(aiohttp="GHSA-0000", msgspec="GHSA-0001") as source:
        code, said = supply.weaknesses(source)
    assert code == 1
    assert [name in said for name in ("aiohttp", "GHSA-0000", "msgspec", "GHSA-0001")] == [True] * 4


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


@pytest.mark.xdist_group("alone")
def test_every_gate_says_its_figure_and_what_was_not_checked_is_not_met(
    monkeypatch: MonkeyPatch,
) -> None:
    monkeypatch.setattr(supply, "weaknesses", lambda *more: (supply.NOT_CHECKED, "not checked: nobody"))
    found = supply.gates()
    assert found["weaknesses"] == ("known weaknesses not checked", False)
    good = {name for name, (_, met) in found.items() if met}
    assert good >= {"hashes", "licences", "hooks", "wheel"}
    assert found["packages"] == (
        f"{len(runtime())} packages (goal {supply.GOAL})",
        len(runtime()) <= supply.GOAL,
    )
    monkeypatch.setattr(supply, "hooks", lambda: ["x: x.pth"])
    assert supply.gates()["hooks"] == ("1 start-up hooks", False)
