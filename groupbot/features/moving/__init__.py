"""Moving in and out: settings as a file, another bot's export, a rehearsal before a rule is on."""
