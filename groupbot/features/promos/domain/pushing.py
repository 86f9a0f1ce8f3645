"""Where a file that an operator sent belongs below `content_templates`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from groupbot.features.promos.domain.audience import Wrong

TEMPLATE, PLANS = ".html.j2", (".yaml", ".yml")
LARGEST = 64_000  # characters of a file
_NAME = re.compile(r"[\w·-][\w.·-]{0,80}")
_FOLDER = re.compile(r"[\w-]+(/[\w-]+)*")


def is_content(file_name: str) -> bool:
    """Is it a template or a plan file by its name?"""
    return file_name.endswith((TEMPLATE, *PLANS))


def target(file_name: str, said: str, known: Iterable[str]) -> str:
    """The path below the folder: `plans/x.yaml`, or the template of that name. `said` is what the operator
    wrote with it (a folder, `promos` or `promos/card`), `known` the paths of the templates there are.

    Raises:
        Wrong: a name that is no file's, or a template whose folder is not clear.
    """
    if not _NAME.fullmatch(file_name) or not is_content(file_name):
        raise Wrong("name", f"{file_name[:60]!r} is no template or plan", "name it card.zh.html.j2 or x.yaml")
    if file_name.endswith(PLANS):
        return f"plans/{file_name.rpartition('.')[0]}.yaml"
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
