"""`groupbot spam`: figures, training, explanations."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from groupbot.cli.spam import app, curve, figures
from groupbot.errors import Misfit

SET = Path(__file__).parents[1] / "data" / "chinese.csv"


@pytest.fixture
def some(tmp_path: Path) -> Path:
    """Every eighth line of the Chinese set."""
    with SET.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    path = tmp_path / "some.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([rows[0], *rows[1::8]])
    return path


def run(*args: str) -> str:
    made = CliRunner().invoke(app, list(args), catch_exceptions=False)
    assert made.exit_code == 0, made.output
    return made.output


def test_training_twice_gives_the_same_file_that_explains_and_measures(some: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one.model", tmp_path / "two.model"
    said = run("train", str(some), "-o", str(one))
    run("train", str(some), "-o", str(two))
    assert one.read_bytes() == two.read_bytes()
    assert "On messages it had not seen (cross-validation): precision" in said
    report = json.loads(run("eval", "--model", str(one), "--test", str(some), "--json"))
    assert report["messages"] == report["spam"] + report["ham"]
    assert [p["at_most"] for p in report["curve"]] == sorted(p["at_most"] for p in report["curve"])
    assert report["scripts"]["han"]["spam"] == report["spam"]


def test_the_shipped_model_is_measured_without_training(some: Path) -> None:
    said = run("eval", "--test", str(some))
    assert "written in" in said and "false positives at most" in said


def test_explain_names_the_strongest_features() -> None:
    said = run("explain", "宝妈兼职日结,一部手机就能做,月入过万,私信我进群")
    assert "): advert" in said
    assert "subjects of adverts" in said


def test_figures_are_counts_over_counts() -> None:
    scored = [(0.9, True, "han"), (0.4, True, "han"), (0.8, False, "han"), (0.1, False, "han")]
    at = figures(scored, 0.5)
    assert (at["precision"], at["recall"], at["false_positive_rate"]) == (0.5, 0.5, 0.5)
    assert next((p["recall"], p["false_positives"]) for p in curve(scored)) == (0.5, 0)
    assert figures([], 0.5)["precision"] is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("text,label\nhi,maybe\n", ":2: label 'maybe'"),
        ("text,label\n", "no rows"),
        ("a,b\n1,2\n", ":1: no column text"),
        ("text,label\nhi,ham\nnow, cheap,spam\n", ":3: more cells than columns"),
    ],
)
def test_a_bad_file_is_named_with_its_line(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(Misfit, match=said):
        run("train", str(path), "-o", str(tmp_path / "x"))


def test_a_file_that_is_no_model_is_refused(tmp_path: Path, some: Path) -> None:
    path = tmp_path / "x.model"
    path.write_bytes(b"no")
    with pytest.raises(Misfit, match="not a spam model"):
        run("explain", "hi", "--model", str(path))
