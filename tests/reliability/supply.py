"""T19, G36: what groupbot is made of. Licences, start-up hooks, a bill of materials, a wheel that is the same
whoever builds it.

    python -m tests.reliability.supply licences > docs/licences.md
    python -m tests.reliability.supply sbom > sbom.json
    python -m tests.reliability.supply weaknesses
    python -m tests.reliability.supply all [--record]      # each gate in a line
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from hashlib import sha256
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from tests.benchmarks.figures import record

ROOT = Path(__file__).parents[2]
NOT_CHECKED = 77  # an exit code of its own: neither good nor bad
MOST, GOAL = 55, 40  # runtime packages: as many as there may be, as many as there should be
PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-CMU", "PSF-2.0",
    "Public-Domain", "Zlib",
}  # fmt: skip
# not permissive, and used as libraries, unchanged: python-telegram-bot and psycopg as a dependency one
# installs beside groupbot; certifi is data under a licence of single files
AS_LIBRARY = {"LGPL-3.0-only": ("python-telegram-bot", "psycopg", "psycopg-binary"), "MPL-2.0": ("certifi",)}
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
BUILD = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"


def runtime(package: str = "groupbot") -> list[Distribution]:
    """What `pip install groupbot` (or another package) brings, itself left out, by name."""
    found: dict[str, Distribution] = {}
    todo = [r for r in distribution(package).requires or () if "extra ==" not in r]
    wanted = [(Requirement(r), frozenset[str]()) for r in todo]
    while wanted:
        need, extras = wanted.pop()
        marked = [{"extra": e} for e in extras] or [{"extra": ""}]
        if need.marker is not None and not any(need.marker.evaluate(m) for m in marked):
            continue
        name = re.sub(r"[-_.]+", "-", need.name).lower()
        fresh = name not in found
        found[name] = distribution(need.name)
        if fresh or need.extras:
            wanted += [(Requirement(r), frozenset(need.extras)) for r in found[name].requires or ()]
    return [found[n] for n in sorted(found)]


def licence(package: Distribution) -> str:
    """An SPDX expression, from the package's own expression, else its classifiers, else its field."""
    meta: Any = package.metadata
    given = meta.get("License-Expression")
    if given:
        return str(given)
    classes = [c.split("::")[-1].strip() for c in meta.get_all("Classifier") or () if c.startswith("License")]
    known = sorted({_CLASSIFIERS[c] for c in classes if c in _CLASSIFIERS})
    if known:
        return " OR ".join(known)
    field = str(meta.get("License") or "").strip()
    if field in ("Apache License", "Apache 2.0"):
        return "Apache-2.0"
    return field.splitlines()[0].replace(" and ", " AND ") if field else "unknown"


def wrong_licences() -> list[str]:
    """Packages under a licence that is neither permissive nor named as a library."""
    wrong = []
    for package in runtime():
        name, words = package.name.lower(), licence(package)
        choices = [set(re.split(r"\s+AND\s+", c.strip("() "))) for c in re.split(r"\s+OR\s+", words)]
        allowed = PERMISSIVE | {code for code, names in AS_LIBRARY.items() if name in names}
        if not any(c <= allowed for c in choices):
            wrong.append(f"{package.name}: {words}")
    return wrong


def licences() -> str:
    """docs/licences.md. Without versions, which requirements/ pins."""
    lines = [
        "# Licences",
        "",
        "groupbot is MIT. What comes with it when it is installed, by the packages' own words",
        "(`python -m tests.reliability.supply licences`). LGPL and MPL ones are libraries beside it,",
        "unchanged; no code of theirs is in groupbot.",
        "",
        "| package | licence |",
        "|---|---|",
        *(f"| {p.name} | {licence(p)} |" for p in runtime()),
    ]
    return "\n".join(lines) + "\n"


def hooks() -> list[str]:
    """Files of installed runtime packages that Python runs at its start, or that would shadow such."""
    return [
        f"{p.name}: {f}"
        for p in runtime()
        for f in p.files or ()
        if f.suffix == ".pth" or f.name in ("sitecustomize.py", "usercustomize.py")
    ]


def bill() -> dict[str, Any]:
    """CycloneDX 1.5, runtime packages with what they need (https://cyclonedx.org/docs/1.5/json/)."""
    packages = runtime()
    names = {re.sub(r"[-_.]+", "-", p.name).lower(): _ref(p) for p in packages}
    own = distribution("groupbot")

    def needs(p: Distribution) -> list[str]:
        found = {re.sub(r"[-_.]+", "-", Requirement(r).name).lower() for r in p.requires or ()}
        return sorted(names[n] for n in found & names.keys())

    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": _ref(own), "name": "groupbot",
                                   "version": own.version, "purl": _ref(own)}},
        "components": [
            {"type": "library", "bom-ref": _ref(p), "name": p.name, "version": p.version, "purl": _ref(p),
             "licenses": [{"expression": licence(p)}]}
            for p in packages
        ],
        "dependencies": [{"ref": _ref(p), "dependsOn": needs(p)} for p in (own, *packages)],
    }  # fmt: skip


def _ref(p: Distribution) -> str:
    return f"pkg:pypi/{re.sub(r'[-_.]+', '-', p.name).lower()}@{p.version}"


def wheel(folder: Path, epoch: str = "1700000000") -> Path:
    """The wheel built into `folder`, as anybody with the same sources would."""
    folder.mkdir(parents=True, exist_ok=True)
    env = os.environ | {"SOURCE_DATE_EPOCH": epoch}
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=ROOT, env=env, check=True)
    return next(folder.glob("*.whl"))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return sha256(path.read_bytes()).hexdigest()


def odd_files(path: Path) -> list[str]:
    """Files of a wheel that are no code, template or metadata of groupbot, or run at Python's start."""
    with zipfile.ZipFile(path) as z:
        names = z.namelist()
    return [
        n
        for n in names
        if not n.startswith(("groupbot/", "groupbot-")) or n.endswith((".pth", ".so", ".pyc"))
    ]


def weaknesses(*more: str) -> tuple[int, str]:
    """Known weaknesses (CVE) of every package that uv.lock pins, as uv's audit finds them in its source of
    advisories: 0 none, 1 some, NOT_CHECKED where no source answers; and what was said."""
    uv = shutil.which("uv")
    if uv is None:
        return NOT_CHECKED, "not checked: there is no uv"
    made = subprocess.run([uv, "audit", "--frozen", *more], cwd=ROOT, capture_output=True, text=True)
    if made.returncode not in (0, 1):
        why = [line.removeprefix("cause: ") for line in made.stderr.split("\n  ")][-1].strip()
        return NOT_CHECKED, f"not checked: no source of advisories answers ({why})"
    return made.returncode, (made.stdout + made.stderr).strip()


def unpinned() -> list[str]:
    """Runtime packages that the lock does not name, and lines of it without a hash."""
    lock = (ROOT / "requirements" / "dev.lock").read_text("utf-8")
    blocks = [b for b in lock.replace("\\\n", " ").splitlines() if b and b[0] not in "# "]
    pinned = {re.sub(r"[-_.]+", "-", b.split("==")[0]).lower() for b in blocks if "==" in b}
    names = {re.sub(r"[-_.]+", "-", p.name).lower() for p in runtime()}
    return sorted(names - pinned) + [b.split()[0] for b in blocks if "--hash=sha256:" not in b]


def gates(*more: str) -> dict[str, tuple[str, bool]]:
    """Each gate's word, and whether it is as the goal wants it. What was not checked is not met."""
    code, said = weaknesses(*more)
    known = {0: "no known weakness", NOT_CHECKED: "known weaknesses " + said.split(":")[0]}
    with tempfile.TemporaryDirectory() as folder:
        one, two = (wheel(Path(folder) / n) for n in ("one", "two"))
        same, odd = digest(one) == digest(two), odd_files(one)
    n, loose, wrong, starts = len(runtime()), unpinned(), wrong_licences(), hooks()
    return {
        "packages": (f"{n} packages (goal {GOAL})", n <= GOAL),
        "hashes": (f"{len(loose)} not pinned by hash", not loose),
        "licences": (f"{len(wrong)} of a wrong licence", not wrong),
        "hooks": (f"{len(starts)} start-up hooks", not starts),
        "weaknesses": (known.get(code, "known weaknesses"), code == 0),
        "wheel": ("the same wheel twice" if same else "two different wheels", same and not odd),
    }


def _all() -> int:
    found = gates()
    for name, (said, good) in found.items():
        print(f"{name:11} {'good' if good else 'NOT AS THE GOAL'}: {said}")
    record("G36", "; ".join(said for said, _ in found.values()), met=all(good for _, good in found.values()))
    return 0


def _told() -> int:
    if sys.argv[1] == "all":
        return _all()
    if sys.argv[1] == "weaknesses":
        code, said = weaknesses(*sys.argv[2:])
        print(said)
        return code
    print(licences() if sys.argv[1] == "licences" else json.dumps(bill(), indent=1), end="")
    return 0


if __name__ == "__main__":
    sys.exit(_told())
