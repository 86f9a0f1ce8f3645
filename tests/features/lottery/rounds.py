"""Rounds of drand's quicknet as they were published, recorded from its documentation and a client's."""

from datetime import datetime

from groupbot.features.lottery import domain
from groupbot.features.lottery.domain import Round

ROUND_1000 = Round(
    1000,
    "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
)
ROUND_657413 = Round(
    657413,
    "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587",
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
)


def freeze_for(found: Round) -> datetime:
    """When a list must be frozen for this round to decide."""
    at = domain.said_at(found.round).timestamp() - domain.MARGIN
    return datetime.fromtimestamp(at, domain.said_at(1).tzinfo)
