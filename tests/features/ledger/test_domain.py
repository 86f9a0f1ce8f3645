"""Balanced or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.features.ledger.domain import Posting, Unbalanced, checked, house, issuer, member, pot

amounts = st.lists(st.integers(-1000, 1000).filter(bool), min_size=1, max_size=8)


@given(amounts)
def test_postings_are_kept_whole_when_they_add_up_to_zero(given_amounts: list[int]) -> None:
    rest = -sum(given_amounts)
    postings = [(member(1, i), a) for i, a in enumerate(given_amounts)]
    if rest:
        postings.append((house(1), rest))
    if len(postings) < 2:
        return
    assert checked(postings) == checked(postings[::-1]) == tuple(sorted(Posting(a, n) for a, n in postings))


@pytest.mark.parametrize(
    "postings",
    [
        [],
        [(member(1, 1), 1)],
        [(member(1, 1), 1), (house(1), -2)],
        [(member(1, 1), 0), (house(1), 0)],
        [(member(1, 1), 1), (member(1, 1), -1)],
        [(member(1, 1), 0.5), (house(1), -0.5)],
        [(member(1, 1), True), (house(1), -1)],
        [(member(1, 1), 2), (member(1, 1), -1), (house(1), -1)],
        [(pot(1, 1)._replace(kind="jar"), 1), (issuer(1), -1)],
        [(issuer(1), -1), (pot(1, 1)._replace(kind="jar"), 1)],
        [(issuer(1), -2), (house(1), 1), (pot(1, 1)._replace(kind="jar"), 1)],
    ],
)
def test_postings_that_do_not_fit_are_refused(postings: list[tuple[object, int]]) -> None:
    with pytest.raises(Unbalanced):
        checked(postings)  # type: ignore[arg-type]
