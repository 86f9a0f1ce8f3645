"""`groupbot orders`: a CSV in, once; what is not known is parked."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from groupbot.cli import main, orders
from tests.cli.test_settings_file import workspace as workspace


def run(workspace: Path, *args: str) -> int:
    with pytest.raises(SystemExit) as done:
        main(["orders", *args, "--workspace", str(workspace)])
    return int(done.value.code or 0)


def test_orders_of_a_csv_count_once_and_park_what_is_not_known(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = workspace / "orders.csv", workspace / "codes.csv"
    head = "订单号,时间,顾客,商品,金额,地址\n"
    file.write_text(head + "A1,2026-11-02,138,HAW,59,x\nA2,2026-11-03,139,NEW,29,y\n", "utf-8-sig")
    waits = "parked: NEW, 1 orders; tell of it: groupbot orders products FILE\n"
    (workspace / "products.csv").write_text("code,title,off_shelf\nHAW,山楂陈皮,\n", "utf-8")
    assert run(workspace, "products", str(workspace / "products.csv")) == 0
    assert capsys.readouterr().out == "1 products known\n"
    assert run(workspace, "import", str(file)) == 0
    assert capsys.readouterr().out == "2 orders new, 0 changed, 0 known already\nnot taken: 地址\n" + waits
    file.write_text(head + "A1,2026-11-02,138,HAW,59,x\n\nA2,?,139,NEW,29,y\n", "utf-8-sig")
    assert run(workspace, "import", str(file)) == 1
    said = capsys.readouterr().out
    assert said.startswith("0 orders new, 0 changed, 1 known already\n")
    assert said.endswith("line 4 left out: 时间: '?'\n")
    (workspace / "c.txt").write_text("138\n139\n138\n", "utf-8")
    assert run(workspace, "codes", str(workspace / "c.txt"), str(out)) == 0
    assert [r.partition(",")[0] for r in out.read_text("utf-8-sig").splitlines()] == [
        "customer",
        "138",
        "139",
    ]
    capsys.readouterr()
    assert run(workspace, "parked") == 0
    assert capsys.readouterr().out == waits
    file.write_text("a,b\n1,2\n", "utf-8")
    assert run(workspace, "import", str(file)) == 2
    assert "no column order" in capsys.readouterr().err


def test_times_are_not_read_by_a_clock_nobody_knows(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = workspace / "orders.csv"
    file.write_text("order,at,customer,product,amount\nA1,2026-11-02,138,HAW,59\n", "utf-8")
    assert run(workspace, "import", str(file), "--zone", "Asia/Shangai") == 2
    assert capsys.readouterr().err == (
        "groupbot: --zone: 'Asia/Shangai' is no time zone -> an IANA name, as Asia/Shanghai\n"
    )
    assert run(workspace, "import", str(file), "--zone", "Europe/Berlin") == 0
    assert capsys.readouterr().out.startswith("1 orders new, 0 changed")


def test_a_comma_without_quotes_in_products_is_told_with_its_line(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = workspace / "products.csv"
    file.write_text("code,title,off_shelf\nHAW,Tea,yes,,\n\nA1,Big, red jacket,yes\n", "utf-8")
    assert run(workspace, "products", str(file)) == 2
    assert capsys.readouterr().err == (
        f"groupbot: {file}:4: more cells than columns (4, not 3): is a comma not in quotes?"
        " -> write a cell with a comma in it in quotes\n"
    )
    assert run(workspace, "parked") == 0
    file.write_text('code,title,off_shelf\nHAW,Tea,yes,,\nA1,"Big, red jacket",yes\n', "utf-8")
    assert run(workspace, "products", str(file)) == 0
    assert "2 products known" in capsys.readouterr().out


def test_a_comma_without_quotes_in_orders_leaves_out_that_line_and_no_other(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = workspace / "orders.csv"
    rows = ("A1,2026-11-02,138,HAW,59,,", "A2,2026-11-03,139,Big, red jacket,29", "A3,2026-11-04,140,HAW,5")
    file.write_text("\n".join(("order,at,customer,product,amount", *rows)), "utf-8")
    assert run(workspace, "import", str(file)) == 1
    told = capsys.readouterr().out
    assert told.startswith("2 orders new, 0 changed, 0 known already\nparked: HAW, 2 orders")
    assert told.endswith("line 3 left out: more cells than columns (6, not 5): is a comma not in quotes?\n")


@pytest.mark.parametrize("command", ["import", "products", "codes"])
@pytest.mark.parametrize("row", ['A2,2026-11-03,"139,HAW,29', '"A2,2026-11-03,139,HAW,29'])
@pytest.mark.parametrize("behind", ["A3,2026-11-04,140,HAW,5", 'A3,2026-11-04,"140",HAW,5'])
def test_rows_behind_a_quote_that_does_not_end_are_not_lost_in_its_cell(
    workspace: Path, capsys: pytest.CaptureFixture[str], command: str, row: str, behind: str
) -> None:
    file = workspace / "orders.csv"
    rows = ("order,at,customer,product,amount", "A1,2026-11-02,138,HAW,59", row, behind)
    file.write_text("\n".join(rows) + "\n", "utf-8")
    more = [str(workspace / "out.csv")] if command == "codes" else []
    assert run(workspace, command, str(file), *more) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"groupbot: {file}:3: not readable as CSV: ")
    assert said.endswith(' -> a " in a cell is written twice, and the cell ends with one\n')
    assert run(workspace, "parked") == 0
    assert capsys.readouterr().out == "nothing is parked\n"


@pytest.mark.parametrize("command", ["import", "products", "codes"])
def test_a_mistyped_name_is_told_as_a_file_that_is_not_there(
    workspace: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    file = workspace / "ordres.csv"
    more = [str(workspace / "out.csv")] if command == "codes" else []
    assert run(workspace, command, str(file), *more) == 2
    assert capsys.readouterr().err == (
        f"groupbot: {file}: cannot be read: No such file or directory -> give the path of a file\n"
    )


@pytest.mark.parametrize(("coding", "mark"), [("gb18030", ","), ("utf-16", "\t"), ("utf-8-sig", ";")])
def test_a_spreadsheet_is_read_as_it_was_saved(
    workspace: Path, capsys: pytest.CaptureFixture[str], coding: str, mark: str
) -> None:
    file = workspace / "orders.csv"
    lines = (["订单号", "时间", "顾客", "商品", "金额"], ["A1", "2026-11-02", "138", "山楂", "59"])
    file.write_text("\n".join(mark.join(cells) for cells in lines), coding)
    assert run(workspace, "import", str(file)) == 0
    assert capsys.readouterr().out.startswith("1 orders new, 0 changed, 0 known already\nparked: 山楂, 1")


def codes_kept(workspace: Path) -> int:
    with closing(sqlite3.connect(workspace / "groupbot.db")) as kept:
        return int(kept.execute("SELECT count(*) FROM buyer_code").fetchone()[0])


def test_no_code_is_made_where_its_file_cannot_be_written(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "c.txt").write_text("138\n139\n", "utf-8")
    out = workspace / "nowhere" / "codes.csv"
    assert run(workspace, "codes", str(workspace / "c.txt"), str(out)) == 2
    assert capsys.readouterr().err == (
        f"groupbot: {out}: cannot be written: there is no folder {out.parent}"
        " -> name a file in a folder that exists\n"
    )
    assert codes_kept(workspace) == 0


def test_codes_that_are_there_are_not_written_over(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "c.txt").write_text("138\n", "utf-8")
    out = workspace / "codes.csv"
    out.write_text("customer,code\n139,ABC\n", "utf-8")
    assert run(workspace, "codes", str(workspace / "c.txt"), str(out)) == 2
    assert "is there already -> its codes may still be in use" in capsys.readouterr().err
    assert (out.read_text("utf-8"), codes_kept(workspace)) == ("customer,code\n139,ABC\n", 0)


def test_codes_made_before_the_command_was_stopped_are_in_the_file(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "c.txt").write_text("138\n139\n140\n", "utf-8")
    monkeypatch.setattr(orders, "SLICE", 1)
    out = workspace / "codes.csv"
    write, calls = orders._write, list[str]()

    async def twice(settings: object, name: str, fn: object) -> object:
        calls.append(name)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return await write(settings, name, fn)  # type: ignore[arg-type]

    monkeypatch.setattr(orders, "_write", twice)
    assert run(workspace, "codes", str(workspace / "c.txt"), str(out)) == 130
    assert codes_kept(workspace) == 2
    assert [r.partition(",")[0] for r in out.read_text("utf-8-sig").splitlines()][1:] == ["138", "139"]
