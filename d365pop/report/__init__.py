"""Results as text for people and programs; formats, never prints."""
