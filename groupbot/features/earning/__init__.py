"""Points for taking part: slowly, with a ceiling, taken back from who leaves."""
