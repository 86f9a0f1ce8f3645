"""Who is at home in several groups and agreed to be asked: how groups overlap, and bridges for a campaign."""
