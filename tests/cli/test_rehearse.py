"""`groupbot rehearse` as an operator runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.testing

from groupbot.cli._lines import read
from groupbot.cli.rehearse import app
from groupbot.engine import migrate
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Misfit
from groupbot.features.members import service as members
from groupbot.features.rules.domain.checks import BY_ID
from groupbot.features.rules.domain.policy import PHRASES

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "group-messages" / "messages.csv"
CSV = """text,label
"大家好,今天几点开门?",ham
加薇信 jdd886 领返利,spam
"see https://example.com/x, please",spam
"two
lines",ham
t.me/+AbCdEfGh,spam
"""


def run(*args: str | Path) -> dict[str, Any]:
    result = typer.testing.CliRunner().invoke(app, [*map(str, args), "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "said.csv"
    path.write_text(CSV, "utf-8")
    return path


def test_csv_goes_through_the_whole_bot(file: Path) -> None:
    found = run(file)
    assert (found["messages"], found["unhandled"]) == (5, 0)
    assert found["hits"] == {"contact": {"spam": 1}, "invites": {"spam": 1}, "links": {"spam": 1}}
    assert found["actions"] == {"remove": 3}
    assert found["updates_per_second"] > 0


def test_rules_file_decides(file: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "tier: dealer\nphrases: [开门]\n"
        "settings: {rule_links: false, rule_invites: false, rule_spam: false}\n",
        "utf-8",
    )
    found = run(file, "--rules", rules)
    assert found["hits"] == {"contact": {"spam": 1}, "phrases": {"ham": 1}}
    assert found["actions"] == {"flag": 2}


def test_export_of_telegram_desktop_is_read(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    parts = ["look ", {"type": "text_link", "text": "here", "href": "https://example.com"}]
    said = [
        {"id": 1, "type": "service", "action": "join"},
        {
            "id": 2,
            "type": "message",
            "date_unixtime": "1800000000",
            "from": "A",
            "from_id": "user7",
            "text": parts,
        },
        {
            "id": 3,
            "type": "message",
            "date_unixtime": "1800000100",
            "from": "Ads",
            "from_id": "channel9",
            "text": "加薇信 jdd886",
        },
        {
            "id": 4,
            "type": "message",
            "date_unixtime": "1800090000",
            "from": "A",
            "from_id": "user7",
            "forwarded_from": "Somebody",
            "photo": "photos/x.jpg",
            "text": "",
        },
    ]
    path.write_text(json.dumps({"name": "G", "messages": said}), "utf-8")
    found = run(path)
    assert (found["messages"], found["unhandled"]) == (3, 0)
    assert found["hits"] == {"contact": {"": 1}, "forwards": {"": 1}, "links": {"": 1}}


def test_adverts_and_newcomers_are_known(tmp_path: Path) -> None:
    place = tmp_path / "new.csv"
    rows = [
        "text,label",
        "https://a.example,ham",
        "早上好,ham",
        "薇信 vx88688 兼职日结500-800元 加我返利,spam",
    ]
    place.write_text("\n".join(rows), "utf-8")
    old, new = run(str(place)), run(str(place), "--newcomers")
    assert "newcomer" not in old["hits"]
    assert new["hits"].keys() - {"links"} >= {"contact"}
    (tmp_path / "rules.yaml").write_text(
        "settings: {rule_newcomer: true, rule_spam: true, rule_links: false, rule_contact: false}", "utf-8"
    )
    only = run(str(place), "--newcomers", "--rules", str(tmp_path / "rules.yaml"))
    assert only["hits"] == {"newcomer": {"ham": 1}, "spam": {"spam": 1}}


def test_joins_of_an_export_are_known(tmp_path: Path) -> None:
    place = tmp_path / "result.json"
    said = [
        {
            "type": "service",
            "action": "join_group_by_link",
            "actor_id": "user7",
            "date_unixtime": "1767000000",
        },
        {
            "type": "message",
            "from_id": "user7",
            "from": "A",
            "text": "www.a.example",
            "date_unixtime": "1767000060",
        },
        {
            "type": "message",
            "from_id": "user8",
            "from": "B",
            "text": "www.a.example",
            "date_unixtime": "1767000061",
        },
    ]
    place.write_text(json.dumps({"messages": said}), "utf-8")
    (tmp_path / "rules.yaml").write_text(
        "settings: {rule_newcomer: true, rule_links: false, rule_spam: false}", "utf-8"
    )
    assert run(str(place), "--rules", str(tmp_path / "rules.yaml"))["hits"] == {"newcomer": {"": 1}}


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", '{"x": 1}', "{"])
def test_other_file_is_refused_with_a_next_step(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x"
    path.write_text(text, "utf-8")
    with pytest.raises(Misfit) as e:
        read(path)
    assert e.value.next != ""


@pytest.mark.parametrize(
    ("coding", "mark"), [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", ","), ("utf-16", "\t")]
)
def test_sheet_as_a_spreadsheet_saves_it_is_read(tmp_path: Path, coding: str, mark: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(f"text{mark}label\r\n大家好{mark}ham\r\n加薇信\u2028jdd886{mark}spam\r\n".encode(coding))
    assert [(line.message["text"], line.label) for line in read(path)] == [
        ("大家好", "ham"),
        ("加薇信\u2028jdd886", "spam"),
    ]


def test_sheet_without_a_message_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("text,label\n", "utf-8")
    with pytest.raises(Misfit, match="no message in it"):
        read(path)


def test_sheet_with_a_comma_outside_quotes_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("text,label\nhello,ham\nbuy now, cheap,spam\n", "utf-8")
    with pytest.raises(Misfit, match="more cells than columns") as e:
        read(path)
    assert e.value.where == f"{path}:3"


def test_sheet_with_a_quote_that_does_not_end_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('text,label\nhello,ham\n"hi,ham\n' + "x,ham\n" * 30_000, "utf-8")
    with pytest.raises(Misfit) as e:
        read(path)
    assert (e.value.where, e.value.next) == (
        f"{path}:3",
        'a " in a cell is written twice, and the cell ends with one',
    )


def test_unknown_setting_is_named(file: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("settings: {rule_linx: true}\n", "utf-8")
    with pytest.raises(Misfit, match="rule_linx"):
        run(file, "--rules", rules)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tier: store\nrule_links: off\n", ":2: rule_links stands alone -> write it under settings:"),
        ("settings:\n  rule_linx: on\n", ":2: no setting rule_linx -> did you mean rule_links?"),
        ("settings:\n  rule_links: maybe\n", ":2: rule_links: expected on or off -> for example off"),
        ("settings:\n  rules_window_n: [1]\n", ":2: rules_window_n: expected a whole number"),
        ("settings: [1]\n", ":1: settings is no mapping -> write `rule_links: off` under it"),
        ("phrases: tea\n", ":1: phrases is no list -> write `phrases: [one, two]`"),
        ("tier: gold\n", ":1: gold is no tier -> one of dealer, store, consumer"),
        ("- a\n", ":1: not a mapping -> write `phrases:` and `settings:`"),
        ("a: [\n", ":2: not YAML"),
    ],
)
def test_mistake_in_the_rules_is_named_with_its_line(
    file: Path, tmp_path: Path, text: str, told: str
) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(text, "utf-8")
    with pytest.raises(Misfit) as e:
        run(file, "--rules", rules)
    assert e.value.line().startswith(f"{rules}{told}")


def test_table_shows_rules_and_examples(file: Path) -> None:
    result = typer.testing.CliRunner().invoke(app, [str(file)], catch_exceptions=False)
    assert "which rule hit what" in result.stdout
    assert "加薇信 jdd886" in result.stdout
    assert "5 messages, 0 unhandled; would have been done: 3 remove" in result.stdout


@pytest.mark.skipif(not SHARED.is_file(), reason="the shared messages are not beside this checkout")
def test_real_messages_are_all_handled() -> None:
    found = run(SHARED)
    assert (found["messages"], found["unhandled"]) == (2911, 0)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Writer]:
    """The writer of a workspace in tmp_path / "shop" whose bot has stored nothing."""
    place = tmp_path / "shop"
    place.mkdir()
    url = f"sqlite:///{place / 'groupbot.db'}"
    migrate.upgrade(url)
    writer = Writer(url)
    yield writer
    writer.close()


def test_settings_of_a_workspace_hold(file: Path, tmp_path: Path, shop: Writer) -> None:
    def write(work: Work) -> None:
        members.put(work, PHRASES, ["开门"])
        members.put(work, BY_ID["invites"].setting, False, tier="store")
        members.put(work, BY_ID["contact"].setting, False, tier="consumer")

    shop.write(write)
    found = run(file, "--workspace", tmp_path / "shop", "--tier", "store")
    assert found["hits"] == {"contact": {"spam": 1}, "phrases": {"ham": 1}}


def test_what_a_workspace_does_not_store_is_as_shipped_for_the_tier(
    file: Path, tmp_path: Path, shop: Writer
) -> None:
    of_store = run(file, "--workspace", tmp_path / "shop", "--tier", "store", "--newcomers")
    assert of_store["hits"] == {"contact": {"spam": 1}, "invites": {"spam": 1}}
    of_consumer = run(file, "--workspace", tmp_path / "shop", "--newcomers")
    assert of_consumer["hits"] == {"contact": {"spam": 1}, "invites": {"spam": 1}, "links": {"spam": 1}}


def test_the_tier_of_the_rules_says_which_settings_of_a_workspace_count(
    file: Path, tmp_path: Path, shop: Writer
) -> None:
    shop.write(lambda work: members.put(work, BY_ID["contact"].setting, False, tier="dealer"))
    rules = tmp_path / "rules.yaml"
    rules.write_text("tier: dealer\nphrases: [开门]\n", "utf-8")
    found = run(file, "--workspace", tmp_path / "shop", "--rules", rules)
    assert found["hits"] == {"invites": {"spam": 1}, "phrases": {"ham": 1}}


def test_workspace_without_database_is_named(file: Path, tmp_path: Path) -> None:
    with pytest.raises(Misfit, match="no database there"):
        run(file, "--workspace", tmp_path)
