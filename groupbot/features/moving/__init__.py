"""Moving in and out: settings as a file, another bot's export, and a rehearsal before a rule is switched on."""
