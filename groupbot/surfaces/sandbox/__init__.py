"""An embedded Telegram: the Bot API over HTTP, and a chat page in the browser.

It models what groupbot calls and receives, strictly, with Telegram's own error texts, and shares no
code with the bot: it is reached over HTTP only, as Telegram is.
"""
