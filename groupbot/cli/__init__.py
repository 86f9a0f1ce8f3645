"""The commands. Each lives in a file of its own and is imported only when it is called."""

from __future__ import annotations

import difflib
import importlib
import io
import os
import signal
import sys

COMMANDS = {
    "demo": "See the whole bot work, in half a minute, without a token",
    "play": "Your templates and handlers in a sandbox, without a token",
    "init": "Write a workspace: groupbot.toml, handlers/, content_templates/",
    "new": "Write a handler with its template and test, or a post with its plan",
    "run": "Run the bot",
    "migrate": "Bring the database to this version",
    "doctor": "Check settings, database, token and rights in every chat",
    "quarantine": "List or retry what could not be handled",
    "outbox": "What could not be sent, and may have arrived: list, retry, drop, trace",
    "backup": "Copy the database while the bot runs",
    "restore": "Put a backup in the place of the database",
    "spam": "How good is the spam score; train a model; explain a message",
    "rehearse": "Replay a file of messages under your rules",
    "chats": "Export or import the chats' profiles as CSV",
    "audience": "Who is in an audience, and why",
    "plan": "Check the plans, show a month of them",
    "content": "Bring templates and plan files: checked, compared, live by a press",
    "packs": "What a group of some purpose or tier begins with, as drafts",
    "recipes": "Check and show the recipes of care",
    "scenes": "Check and show the cards that come at everyday words",
    "campaigns": "Check and show the campaigns, and what a test can see",
    "playbooks": "Check and show what is proposed at a group's stage",
    "templates": "Check, preview, compare and take back templates",
    "coupons": "Put coupon codes into a group's pool; what became of them",
    "orders": "Orders of the shop from a CSV, products, codes that bind a customer to a member",
    "import": "The history of a group, from Telegram Desktop's export",
    "rebuild": "Make the sums of what happened anew from the events",
    "report": "Weeks and months in numbers: table, page, JSON, CSV, SQL",
    "settings": "A group's settings as one YAML file: export, apply",
}

FILES = {"import": "import_"}  # a word of the language is no name of a module


def usage() -> str:
    """What `groupbot --help` prints."""
    lines = [f"  {name:<11} {about}" for name, about in COMMANDS.items()]
    return "\n".join(
        [
            "Usage: groupbot COMMAND [OPTIONS]",
            "",
            "Operates Telegram member groups: rules, scheduled content, red packets, lotteries,",
            "and an honest record in SQL.",
            "",
            "Commands:",
            *lines,
            "",
            "groupbot COMMAND --help tells more. Start with: groupbot demo",
        ]
    )


def main(argv: list[str] | None = None) -> None:
    """The console script. A Misfit, or a file that cannot be used, is one line on stderr and exit code 2."""
    args = sys.argv[1:] if argv is None else argv
    if isinstance(sys.stdout, io.TextIOWrapper):  # a sign its encoding lacks is shown by its number
        sys.stdout.reconfigure(errors="backslashreplace")
    if not args or args[0] in ("-h", "--help", "help"):
        print(usage())
        return
    if args[0] in ("-V", "--version"):
        from importlib.metadata import version

        print(f"groupbot {version('groupbot')}")
        return
    name = args[0]
    if name not in COMMANDS:
        close = difflib.get_close_matches(name, list(COMMANDS), 1)
        hint = f" Did you mean {close[0]}?" if close else ""
        print(f"groupbot: no command {name!r}.{hint} Try: groupbot --help", file=sys.stderr)
        raise SystemExit(2)
    if name == "run":  # until the bot listens itself: nothing is open yet
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    from groupbot.errors import Misfit

    try:
        command = importlib.import_module(f"groupbot.cli.{FILES.get(name, name)}")
        command.app.pretty_exceptions_enable = False  # it would show what each variable holds: a password too
        command.app(args=args[1:], prog_name=f"groupbot {name}")
    except Misfit as e:
        print(f"groupbot: {e.line()}", file=sys.stderr)
        raise SystemExit(2) from None
    except OSError as e:  # of a file or folder; where none is named, it is a bug
        if e.filename is None:
            raise
        print(f"groupbot: {e.filename}: {e.strerror}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:  # before the command could listen for it
        raise SystemExit(130) from None
