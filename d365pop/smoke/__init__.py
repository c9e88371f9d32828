"""The smoke test: a call rings in a browser, and the caller's record opens, after a deploy."""
