"""What is mutated, and the tests that answer for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Area:
    """Modules, and the files (or folders) of tests that walk through them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


_BOOKS = "groupbot.features.ledger"
_PLANS = "groupbot.features.promos"
_DISPATCH = "groupbot.engine.dispatch"
AREAS = {
    "ledger": Area(
        (
            f"{_BOOKS}.domain",
            f"{_BOOKS}.service.books",
            f"{_BOOKS}.service.boards",
            f"{_BOOKS}.service.expiry",
            f"{_BOOKS}.service.keeping",
            f"{_BOOKS}.service.mending",
        ),
        (
            "tests/features/ledger",
            "tests/features/test_bank_machine.py",
        ),
    ),
    "outbox": Area(
        (
            "groupbot.core.pacing",
            "groupbot.engine.outbox",
            "groupbot.engine.outbox.calls",
            "groupbot.engine.outbox.hand",
            "groupbot.engine.receipts",
            "groupbot.engine.order",
            "groupbot.engine.recovery",
            "groupbot.engine.upgrades",
            "groupbot.engine.merging",
        ),
        (
            "tests/core/test_pacing.py",
            "tests/engine/test_calls.py",
            "tests/engine/test_hand.py",
            "tests/engine/test_receipts.py",
            "tests/engine/test_sender.py",
            "tests/engine/test_outbox.py",
            "tests/engine/test_late.py",
            "tests/engine/test_away.py",
            "tests/engine/test_said_again.py",
            "tests/engine/test_upgrades.py",
            "tests/engine/test_merging.py",
            "tests/engine/test_work.py",
            "tests/surfaces/test_beacon.py",
        ),
    ),
    "dispatch": Area(
        (
            f"{_DISPATCH}.batches",
            f"{_DISPATCH}.items",
            f"{_DISPATCH}.naming",
            f"{_DISPATCH}.parking",
            f"{_DISPATCH}.routes",
            f"{_DISPATCH}.reading",
            f"{_DISPATCH}.steps",
        ),
        (
            "tests/engine/test_routes.py",
            "tests/engine/test_dispatch.py",
            "tests/engine/test_parking.py",
            "tests/engine/test_unsure.py",
        ),
    ),
    "schedule": Area(
        (
            "groupbot.engine.schedule",
            f"{_PLANS}.domain.calendar",
            f"{_PLANS}.service.known",
            f"{_PLANS}.service.publish",
        ),
        (
            "tests/engine/test_schedule.py",
            "tests/features/promos/test_calendar.py",
            "tests/features/promos/test_festivals.py",
            "tests/features/promos/test_trend.py",
            "tests/features/promos/test_slots.py",
            "tests/features/promos/test_publish.py",
            "tests/features/promos/test_guilty.py",
            "tests/features/promos/test_approval.py",
            "tests/features/promos/test_expert_slots.py",
            "tests/features/promos/test_digest_rhythm.py",
        ),
    ),
    "authority": Area(
        (
            "groupbot.core.seals",
            "groupbot.core.taps",
            "groupbot.engine.proofs",
            "groupbot.features.members.service.connecting",
            "groupbot.features.members.service.facts",
        ),
        (
            "tests/core/test_taps.py",
            "tests/engine/test_proofs.py",
            "tests/features/members/test_connecting.py",
            "tests/features/members/test_facts.py",
            "tests/engine/test_who_may.py",
            "tests/features/members/test_helper.py",
        ),
    ),
}
