"""Books are read, questions asked, answers booked once each."""

from groupbot.features.quiz.service.answering import answered, board, settle_waiting
from groupbot.features.quiz.service.asking import ask_due, begin, close_due, status, stop
from groupbot.features.quiz.service.books import books
from groupbot.features.quiz.store import KEPT

__all__ = [
    "KEPT",
    "answered",
    "ask_due",
    "begin",
    "board",
    "books",
    "close_due",
    "settle_waiting",
    "status",
    "stop",
]
