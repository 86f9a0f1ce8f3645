"""People who know: a register by topic, and sessions that collect questions, post answers, end in a recap."""
