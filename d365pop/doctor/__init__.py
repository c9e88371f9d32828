"""Looks before a deploy does: each check says what it saw, and what would mend it."""
