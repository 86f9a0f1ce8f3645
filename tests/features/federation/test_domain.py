"""The list as a file: out and in again, whatever it holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groupbot.features.federation.domain import Banned, csv_of, json_of, read_list

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30)
BANS = st.lists(
    st.builds(Banned, st.integers(1, (1 << 52) - 1), TEXT, TEXT, st.just(5)), unique_by=lambda b: b.person
)


def _plain(text: str) -> str:
    return " ".join(text.split())


@given(BANS)
def test_list_written_is_read_again_in_either_form(bans: list[Banned]) -> None:
    wanted = [(b.person, _plain(b.reason)) for b in bans]
    for text in (csv_of(bans), json_of(bans)):
        rows, bad = read_list(text)
        read = [(p, _plain(r)) for p, _, r in rows]
        assert (wanted, 0) == (read, bad)


@given(st.text(max_size=200))
def test_reading_never_fails(text: str) -> None:
    rows, bad = read_list(text)
    assert bad >= 0
    assert [p for p, _, _ in rows if not 0 < p < 1 << 52] == []


def test_forms_of_others_are_read() -> None:
    assert read_list("7,adverts\n8\nx,y\n") == ([(7, "", "adverts"), (8, "", "")], 1)
    assert read_list("user_id,first_name,last_name,reason\n7,Mei,Lin,adverts") == (
        [(7, "Mei Lin", "adverts")],
        0,
    )
    assert read_list('[{"id": 7, "reason": null}, 3]') == ([(7, "", "")], 1)
    assert read_list('{"user_id": "7"}\n{"user_id": -7}\n{') == ([(7, "", "")], 2)
    assert read_list("") == ([], 0)


def test_persons_behind_a_quote_that_does_not_end_are_not_lost() -> None:
    found = read_list('user_id,name,reason\n7,Mei,adverts\n8,"Li,adverts\n9,Bo,adverts\n10,"A, B",x\n')
    assert found == (
        [(7, "Mei", "adverts"), (8, "Li,adverts", ""), (9, "Bo", "adverts"), (10, "A, B", "x")],
        0,
    )


def test_no_cell_is_a_formula() -> None:
    made = csv_of([Banned(7, "=1+1", "@x", 5)])
    assert made.splitlines()[1] == "7,'=1+1,'@x,5,"
