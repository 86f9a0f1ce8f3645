"""How a check ends: every mistake, then how many things were looked at."""

from __future__ import annotations

from collections.abc import Iterable

import typer

from groupbot.errors import Misfit


def verdict(counted: str, wrong: Iterable[Misfit]) -> None:
    """Each mistake on a line of its own, then what was counted and how many to mend.

    Raises:
        typer.Exit: with 1, where there is anything to mend.
    """
    wrong = list(wrong)
    for misfit in wrong:
        typer.echo(misfit.line())
    typer.echo(f"{counted}, {len(wrong)} to mend")
    if wrong:
        raise typer.Exit(1)
