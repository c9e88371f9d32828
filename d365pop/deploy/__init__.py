"""The plan and its execution: read, compare, write, journal, prove."""
