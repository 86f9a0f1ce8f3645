"""Where a command writes: looked at before the work whose result goes there."""

from __future__ import annotations

import os
from pathlib import Path

from groupbot.errors import Misfit


def writable(file: Path) -> Path:
    """The path of a file that can be written.

    Raises:
        Misfit: it is a folder, its own folder is not there, or one may not write there.
    """
    if file.is_dir():
        why = "it is a folder"
    elif not file.parent.is_dir():
        why = f"there is no folder {file.parent}"
    elif not os.access(file if file.exists() else file.parent, os.W_OK):
        why = "you may not write there"
    else:
        return file
    raise Misfit(f"cannot be written: {why}", where=str(file), next="name a file in a folder that exists")


def room(folder: Path) -> Path:
    """The path of a folder, there already or to be made.

    Raises:
        Misfit: it is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise Misfit("this is a file", where=str(folder), next="name a folder, or a new one")
    return folder
