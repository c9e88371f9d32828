"""How counts are said, wherever a sentence holds one."""


def plural(count: int, noun: str) -> str:
    """Return ``count`` and ``noun``, such as ``2 rules``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
