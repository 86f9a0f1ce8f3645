"""Which field of Rose's export means which setting of ours. Pure.

To make a field understood, name it in FIELDS; a key that no router declares (yet) is passed over, its field
kept and reported. Texts go through core/fillings; files of greetings stay as they came.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from msgspec import Struct

from groupbot.features.moving.domain import rose_locks
from groupbot.features.moving.domain import rose_words as w

LOCKS = (
    "album", "all", "anonchannel", "audio", "bot", "botlink", "button", "checklist", "cjk", "command",
    "comment", "contact", "cyrillic", "document", "email", "emoji", "emojicustom", "emojigame", "emojionly",
    "externalreply", "forward", "forwardbot", "forwardchannel", "forwardstory", "forwarduser", "game", "gif",
    "guestbot", "inline", "invitelink", "location", "phone", "photo", "poll", "reaction", "rtl", "spoiler",
    "sticker", "stickeranimated", "stickerpremium", "text", "url", "video", "videonote", "voice", "zalgo",
)  # fmt: skip


class Field(Struct, frozen=True):
    """One field of the export and the setting it means.

    `ours(value, part)` gives our value, None where it says nothing; `part` is the mapping it stands in.
    `theirs(value, was)` gives the field's value back; None leaves it. `close`: the meaning is near, not the
    same. `unless`: another key of ours that says it better, where it is declared; `needs`: one that must be
    declared too. What is written down (notes, filters, approvals, the federation) is rose_books'.
    """

    path: str
    key: str
    ours: Callable[[Any, w.Part], Any]
    theirs: Callable[[Any, Any], Any]
    close: bool = False
    unless: str = ""
    needs: str = ""

    def holds(self, known: Container[str]) -> bool:
        """Does the field mean this, with these settings declared?"""
        return self.key in known and self.unless not in known and (not self.needs or self.needs in known)


def _action(path: str, key: str) -> tuple[Field, Field]:
    """An action and, in the field beside it, its span: one setting here."""
    return (
        Field(f"{path}.action", key, w.act, w.back_act),
        Field(f"{path}.action_duration", key, w.says_nothing, w.back_act_span),
    )


def _instead(name: str, key: str) -> Field:
    """A lock as a rule of ours, where there are no locks."""
    return Field(f"locks.locks.{name}.locked", key, w.switch, w.back, unless=f"lock_{name}")


FIELDS: tuple[Field, ...] = (
    Field("translations.lang", "language", w.language, w.back_language),
    Field("rules.content", "rules_text", w.text, w.back),
    Field("rules.button_name", "rulesbutton", w.text, w.back),
    Field("rules.send_to_chat", "privaterules", w.opposite, w.back_not),
    Field("admin.anon_admin", "anonadmin", w.switch, w.back),
    Field("admin.admin_error_disable", "admin_error", w.opposite, w.back_not),
    # what is not said here
    Field("blocklists.filters", "blocklist", w.entries, w.back_entries),
    Field("blocklists.filters", "rules_phrases", w.phrases, w.back_phrases, unless="blocklist"),
    Field("blocklists.default_reason", "blocklist_reason", w.text, w.back),
    Field("blocklists.should_delete", "blocklist_delete", w.switch, w.back),
    *_action("blocklists", "blocklist_mode"),
    *(
        Field(f"locks.locks.{n}.locked", f"lock_{n}", rose_locks.locked, rose_locks.back_locked)
        for n in LOCKS
    ),
    _instead("url", "rule_links"),
    _instead("invitelink", "rule_invites"),
    _instead("forward", "rule_forwards"),
    *(Field(f"locks.locks.{n}.reason", f"lock_{n}", w.says_nothing, rose_locks.back_lock_act) for n in LOCKS),
    Field("locks.locks", "lock_reasons", rose_locks.reasons, rose_locks.back_reasons),
    Field("locks.lock_warns", "lock_warns", w.switch, w.back),
    Field("locks.allowlisted_url", "rules_allowed", w.urls, w.back_urls),
    # floods and raids
    Field("antiflood.flood_limit", "flood_row", w.number, w.back),
    Field("antiflood.flood_limit", "rule_flood", w.some, w.back_some, unless="flood_row"),
    Field("antiflood.flood_limit", "rules_burst", w.limit, w.back_limit, close=True, unless="flood_row"),
    Field("antiflood.flood_timer", "rules_burst_seconds", w.span, w.back_span),
    Field("antiflood.flood_timer_limit", "rules_burst", w.number, w.back, needs="flood_row"),
    Field("antiflood.flood_limit", "rule_flood", w.either, w.back_either, needs="flood_row"),
    Field("antiflood.flood_timer_limit", "rule_flood", w.says_nothing, w.back_either, needs="flood_row"),
    Field("antiflood.flood_clear", "flood_clear", w.switch, w.back),
    *_action("antiflood", "flood_mode"),
    Field("raids.raid_mode_duration", "raid_seconds", w.span, w.back_span),
    Field("raids.raid_mode_action_duration", "raid_action", w.raid_action, w.back_raid_action),
    Field("raids.raid_mode_auto_limit", "raid_auto", w.number, w.back),
    # people coming in
    Field("greetings.should_welcome", "welcome", w.switch, w.back),
    Field("greetings.should_goodbye", "goodbye", w.switch, w.back),
    Field("greetings.welcome.text", "welcome_text", w.draft, w.back_draft),
    Field("greetings.goodbye.text", "goodbye_text", w.draft, w.back_draft),
    Field("greetings.should_clean", "cleanwelcome", w.switch, w.back),
    Field("greetings.should_mute", "captcha", w.switch, w.back),
    Field("greetings.mute_mode", "captchamode", w.text, w.back),
    Field("greetings.mute_text", "captchatext", w.text, w.back),
    Field("greetings.mute_for", "captchamutetime", w.span, w.back_span),
    Field("greetings.should_kick", "captchakick", w.switch, w.back),
    Field("greetings.kick_after", "captchakicktime", w.span, w.back_span),
    Field("greetings.captcha_rules", "captcharules", w.switch, w.back),
    # order
    *_action("warns", "warn_mode"),
    Field("warns.warn_limit", "warn_limit", w.limit, w.back_limit),
    Field("warns.warn_for", "warn_time", w.span_text, w.back_span_text),
    Field("reports.disable_reports", "reports", w.opposite, w.back_not),
    Field("clean_service.service_types", "clean_service", w.cleaned, w.back_cleaned),
    Field("clean_command.command_types", "clean_commands", w.cleaned, w.back_cleaned),
    Field("disabled.disabled", "disabled", w.names, w.back_names),
    Field("disabled.disable_admin", "disabled_admins", w.switch, w.back),
    Field("disabled.should_delete", "disabled_delete", w.switch, w.back),
    Field("pins.antichannelpin", "anti_channel_pin", w.switch, w.back),
    Field("pins.cleanlinked", "clean_linked", w.switch, w.back),
    Field("notes.private_notes", "privatenotes", w.switch, w.back),
    Field("federations.quiet_ban", "quietfed", w.switch, w.back),
    # in no export seen in public; taken where one says it in this form
    Field("silent_actions.enabled", "silent_actions", w.switch, w.back),
    Field("log_channels.categories", "log_off", w.log_off, w.back_log_off),
)
