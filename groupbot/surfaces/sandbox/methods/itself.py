"""The bot itself: who it is, its commands, its webhook, its files."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from groupbot.surfaces.sandbox.methods.call import Call, bad
from groupbot.surfaces.sandbox.world import Json

_ABILITIES = (
    "supports_inline_queries",
    "can_connect_to_business",
    "has_main_web_app",
    "has_topics_enabled",
    "allows_users_to_create_topics",
    "can_manage_bots",
    "supports_guest_queries",
    "supports_join_request_queries",
)


def get_me(call: Call) -> Json:
    seen = {"can_join_groups": True, "can_read_all_group_messages": not call.bot.privacy}
    able = dict.fromkeys(_ABILITIES, False) | {"supports_join_request_queries": call.bot.join_queries}
    return call.world.person(call.bot.user) | seen | able


def _scope(call: Call) -> str:
    return f"{(call.json('scope') or {}).get('type', 'default')}:{call.text('language_code')}"


def set_my_commands(call: Call) -> bool:
    commands = call.json("commands") or []
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", "")).removeprefix("/")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    call.bot.commands[_scope(call)] = commands
    call.world.changed("commands", commands=call.bot.commands)
    return True


def get_my_commands(call: Call) -> list[Json]:
    return call.bot.commands.get(_scope(call), [])


def delete_my_commands(call: Call) -> bool:
    call.bot.commands.pop(_scope(call), None)
    call.world.changed("commands", commands=call.bot.commands)
    return True


def get_file(call: Call) -> Json:
    file_id = call.text("file_id")
    if file_id not in call.world.files:
        raise bad("invalid file_id")
    path, data = call.world.files[file_id]
    unique = path.split("/")[-1].split("_")[0]
    return {
        "file_id": file_id,
        "file_unique_id": f"AQAD{unique}",
        "file_size": len(data),
        "file_path": path,
    }


def set_webhook(call: Call) -> bool:
    """The delivery is the server's."""
    bot, url, secret = call.bot, call.text("url"), call.text("secret_token")
    if not url:
        return delete_webhook(call)
    if not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", url):  # a local server may be plain
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if url.lower().startswith("https://") and not _port(url):
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad("secret token contains unallowed characters")
    if call.params.get("allowed_updates") is not None:
        bot.allowed = call.json("allowed_updates") or None
    if call.flag("drop_pending_updates"):
        bot.updates.clear()
    bot.webhook = {"url": url, "secret": secret}
    bot.arrived.set()  # a long poll that waits ends now
    return True


def _port(url: str) -> bool:
    """Whether Telegram delivers to this address."""
    try:
        return (urlsplit(url).port or 443) in (80, 88, 443, 8443)
    except ValueError:
        return False


def delete_webhook(call: Call) -> bool:
    call.bot.webhook = {}
    if call.flag("drop_pending_updates"):
        call.bot.updates.clear()
    return True


def get_webhook_info(call: Call) -> Json:
    hook = call.bot.webhook
    made = {
        "url": hook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(call.bot.updates),
    }
    if "error" in hook:
        made |= {"last_error_date": hook["error_at"], "last_error_message": hook["error"]}
    return made


METHODS = {
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "getFile": get_file,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
