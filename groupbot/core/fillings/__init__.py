"""Group admins' own dialect of texts ↔ our templates. Pure.

What Rose and her relatives taught admins to type: `*bold*`, `[text](https://…)`,
`[text](buttonurl://… )` with `:same` for the same row, fillings such as `{first}`, flags such as
`{preview}`, and `%%%` between alternatives. `read` turns it into template text (Telegram's HTML with our
Jinja names) and buttons; `write` turns that back. Tags of our template language and Telegram's HTML tags
may be typed too and stay as they are.

Grammar: PEERS, "Formatting"; missrose.org/docs, formatting and fillings.
"""

from groupbot.core.fillings.drafts import APART, FILLINGS, FLAGS, RULES, WORDLESS, Draft, Link, Piece, kept
from groupbot.core.fillings.reading import marked, read
from groupbot.core.fillings.writing import write

__all__ = [
    "APART",
    "FILLINGS",
    "FLAGS",
    "RULES",
    "WORDLESS",
    "Draft",
    "Link",
    "Piece",
    "kept",
    "marked",
    "read",
    "write",
]
