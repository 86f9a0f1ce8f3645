"""Books are read, questions asked, answers booked once each."""

from groupbot.features.quiz.service.answering import answered, board, settle_waiting
from groupbot.features.quiz.service.asking import ask_due, begin, close_due, redraw, status, stop
from groupbot.features.quiz.service.books import KIND, books, read
from groupbot.features.quiz.store import KEPT

__all__ = [
    "KEPT",
    "KIND",
    "answered",
    "ask_due",
    "begin",
    "board",
    "books",
    "close_due",
    "read",
    "redraw",
    "settle_waiting",
    "status",
    "stop",
]
