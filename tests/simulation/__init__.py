"""simgram: the whole bot in one thread and in virtual time, beside an embedded Telegram that breaks things.

A seed makes a *script* (what people do, what goes wrong, and when); `run` plays it, first with faults and
then without, and separate checkers look at what became of it. Nothing sleeps, nothing is drawn twice: the
same seed gives the same trace. `loop` is time, `telegram` the other side of the wire, `process` the bot,
`script` and `acts` the people and the faults, `checks` what must hold, `shrink` makes a failing script short.
"""
