"""Where a file that an operator sent belongs below `content_templates`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from groupbot.features.promos.domain.audience import FIELDS as AUDIENCE
from groupbot.features.promos.domain.audience import Wrong

TEMPLATE, PLANS = ".html.j2", (".yaml", ".yml")
LARGEST = 64_000  # characters of a file
_NAME = re.compile(r"[\w·-][\w.·-]{0,80}")
AUDIENCES = "audiences.yaml"  # they stand in one file
_FOLDER = re.compile(r"[\w-]+(/[\w-]+)*")


def is_content(file_name: str) -> bool:
    """Is it a template or a YAML file by its name?"""
    return file_name.endswith((TEMPLATE, *PLANS))


def target(file_name: str, said: str, known: Iterable[str]) -> str:
    """The path below the folder of the template of that name. `said` is what the operator wrote with it (a
    folder, `promos` or `promos/card`), `known` the paths of the templates there are. A YAML file has only its
    name so far, `x.yaml`: where it belongs is seen by what stands in it.

    Raises:
        Wrong: a name that is no file's, or a template whose folder is not clear.
    """
    if not _NAME.fullmatch(file_name) or not is_content(file_name):
        raise Wrong("name", f"{file_name[:60]!r} is no template or list", "name it card.zh.html.j2 or x.yaml")
    if file_name.endswith(PLANS):
        return f"{file_name.rpartition('.')[0]}.yaml"
    folder = said.split("\n")[0].strip().strip("/")
    if folder:
        stem = file_name.removesuffix(TEMPLATE).rpartition(".")[0]
        folder = folder.removesuffix(f"/{stem}") if folder != stem else folder
        if not _FOLDER.fullmatch(folder) or folder == "plans":
            raise Wrong("folder", f"{folder[:60]!r} is no folder of templates", "write promos")
        return f"{folder}/{file_name}"
    places = sorted({p for p in known if p.rpartition("/")[2] == file_name})
    if len(places) == 1:
        return places[0]
    step = f"send it with {' or '.join(p.rpartition('/')[0] for p in places[:4])} as its caption"
    raise Wrong(
        "folder",
        f"which {file_name}?" if places else f"{file_name} is new",
        step if places else "send it with its folder as the caption: promos",
    )


def kind_of(
    raw: Any, kinds: Mapping[str, Sequence[str]], alone: Mapping[str, Sequence[str]] | None = None
) -> str:
    """Which of `kinds` (its name to the fields of one item) a file is a list of: the one that knows most of
    the fields that stand there, and at least half of them. `audience` for a mapping of names to such fields,
    one of `alone` for a mapping that has one of its fields.

    Raises:
        Wrong: none of them, or as much one as another.
    """
    rows = list(raw.values()) if isinstance(raw, dict) else []
    if all(isinstance(row, dict) for row in rows) and any(f in AUDIENCE for row in rows for f in row):
        return "audience"
    for one, fields in (alone or {}).items():
        if isinstance(raw, dict) and any(f in raw for f in fields):
            return one
    items = [r for r in raw if isinstance(r, dict)] if isinstance(raw, list) else []
    said = [str(field) for each in items for field in each if field != "name"]
    points = {one: sum(field in fields for field in said) for one, fields in kinds.items()}
    best = sorted(points.values())[-2:]
    if not said or best[-1] * 2 < len(said) or best[0] == best[-1]:
        names = ", ".join(f"{one}s" for one in [*kinds, *(alone or {})])
        step = "begin each with `- name: …` and its fields; other files are put into the workspace by hand"
        raise Wrong("", f"neither {names} nor audiences", step)
    return max(points, key=lambda one: points[one])
