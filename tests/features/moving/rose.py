"""An export of Rose with something in every module: its fields are those of exports seen in public, its
values are made up."""

from __future__ import annotations

from typing import Any

from groupbot.features.moving.domain.rose_fields import LOCKS

_ON = {"url", "invitelink", "sticker", "zalgo"}


_SAID = {"url": "please not here", "zalgo": "no noise {tmute 2h}", "photo": "x" * 300}


def _locks() -> dict[str, Any]:
    return {n: {"locked": n in _ON, "reason": _SAID.get(n, "")} for n in LOCKS}


def _clean(*on: str, of: tuple[str, ...]) -> dict[str, Any]:
    return {name: {"clean": name in on} for name in of}


EXPORT: dict[str, Any] = {
    "bot_id": 609517172,
    "version": 2,
    "data": {
        "admin": {"admin_error_disable": True, "anon_admin": False, "legacy_admin": False},
        "antiflood": {
            "action": "tmute",
            "action_duration": 10800,
            "flood_clear": True,
            "flood_limit": 7,
            "flood_timer": 20,
            "flood_timer_limit": 12,
        },
        "approvals": {
            "approved": [{"user_id": 1000001, "reason": "supplier"}, {"user_id": 1087968824, "reason": ""}]
        },
        "blocklists": {
            "action": "tban",
            "action_duration": 172800,
            "default_reason": "not here",
            "filters": [
                {"name": "free money", "reason": "a known one"},
                {"name": "cheap*pills", "reason": ""},
                {"name": "prefix:casino", "reason": ""},
                {"name": 'say "hi" now', "reason": ""},
                {"name": "双倍返现", "reason": ""},
            ],
            "should_delete": True,
        },
        "clean_command": {"command_types": _clean("other", of=("admin", "all", "other", "user"))},
        "clean_service": {
            "service_types": _clean(
                "join",
                "leave",
                of=("all", "join", "leave", "other", "photo", "pin", "title", "videochat"),
            )
        },
        "disabled": {
            "disable_admin": False,
            "disabled": [{"name": "id"}, {"name": "rules"}, {"name": "info"}],
            "should_delete": True,
        },
        "federations": {"fed_id": "00000000-0000-0000-0000-00000000abcd", "quiet_ban": True},
        "filters": {
            "filters": [
                {"data_id": "", "name": "hours", "text": "Open 9–18, {first}", "type": 0},
                {"data_id": "", "name": "exact:good day", "text": "Good day%%%Hello", "type": 0},
                {"data_id": "CAAD", "name": "wave", "text": "", "type": 1},
            ],
        },
        "greetings": {
            "captcha_rules": True,
            "goodbye": {"data_id": "", "text": "Bye {first}!", "type": 0},
            "kick_after": 300,
            "mute_for": 0,
            "mute_mode": "math",
            "mute_text": "I am human",
            "should_clean": True,
            "should_goodbye": False,
            "should_kick": True,
            "should_mute": True,
            "should_welcome": True,
            "welcome": {"data_id": "", "text": "Hi {mention} [Shop](buttonurl://example.com)", "type": 0},
        },
        "locks": {
            "allowlisted_url": [{"group_id": 0, "group_username": "", "url": "example.com"}],
            "lock_warns": True,
            "locks": _locks(),
        },
        "notes": {
            "notes": [
                {"data_id": "AgAD", "name": "Price", "text": "12 {noprivate}", "type": 2},
                {"data_id": "", "name": "menu", "text": "Our menu\n[Price](buttonurl://#price)", "type": 0},
            ],
            "private_notes": True,
        },
        "pins": {"antichannelpin": True, "cleanlinked": False},
        "raids": {
            "raid_mode_action_duration": 3600_000_000_000,
            "raid_mode_auto_limit": 15,
            "raid_mode_duration": 21600_000_000_000,
        },
        "reports": {"disable_reports": False},
        "rules": {
            "button_name": "House rules",
            "content": "Be kind. [Rules](buttonurl://#rules)",
            "send_to_chat": False,
        },
        "log_channels": {
            "categories": {"settings": {"log": False}, "user": {"log": True}, "other": {"log": False}}
        },
        "silent_actions": {"enabled": False},
        "translations": {"lang": "fr"},
        "warns": {"action": "tmute", "action_duration": 86400, "warn_for": 2592000, "warn_limit": 4},
    },
}
