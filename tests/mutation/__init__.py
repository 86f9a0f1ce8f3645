"""Are the tests tested? Small faults are put into the books, the outbox, dispatch, the schedule and who may
do what, one at a time, and the tests that walk through the changed line must notice.

    python -m tests.mutation                    every mutant of every area
    python -m tests.mutation ledger --sample 60 a sample, the same for the same --seed

Tools that do this exist; here a mutant takes a second, for the tests are collected and the house is
imported once: each mutant is a fork whose one function gets other byte code. So what runs at import (tables,
statements, constants) is not mutated. Only SQLite's half of the tests runs.
"""
