"""Masks secrets in any text that leaves the program: by their shapes, and the ones in use."""

import re

MASK = "[redacted]"

_NAMES = (
    r"client[_-]?secret|client[_-]?assertion|access[_-]?token|refresh[_-]?token|id[_-]?token"
    r"|account[_-]?key|shared[_-]?access[_-]?(?:key|signature)|password|pwd|oidctoken"
    r"|private[_-]?key|passphrase|x-identity-header"
)

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*KEY-----|\Z)", re.DOTALL
        ),
        MASK,
    ),
    # A header line holds nothing but the credential.
    (re.compile(r"""(?i)(\bauthorization["']?\s*[:=]\s*["']?)[^\r\n"',}]+"""), rf"\1{MASK}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9+/_.~=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"), MASK),
    # "name": "value", where the value may hold any character but the quote.
    (
        re.compile(rf"""(?i)(["'](?:{_NAMES})["']\s*:\s*)(["'])(?:\\.|(?!\2).)*\2"""),
        rf"\1\2{MASK}\2",
    ),
    # name=value in a form, a query, a connection string or a command line.
    (re.compile(rf"""(?i)(\b(?:{_NAMES})\s*=\s*)(["'])(?:\\.|(?!\2).)*\2"""), rf"\1\2{MASK}\2"),
    (re.compile(rf"""(?i)(\b(?:{_NAMES})\s*[=:]\s*)(?!["'\[])[^\s;&,}}]+"""), rf"\1{MASK}"),
)


# What this process signs in with: a careless server may send it back in any shape.
_IN_USE: set[str] = set()
_SHORTEST = 8
"""Shorter ones would mask ordinary words; no service gives any."""


def hide(secret: str) -> str:
    """Return ``secret``, which ``redact`` masks from now on wherever it stands."""
    if len(secret) >= _SHORTEST:
        _IN_USE.add(secret)
    return secret


def redact(text: str) -> str:
    """Return ``text`` with every token, secret and key in it masked."""
    # The longest first: masking the start of one would leave its end to be read.
    for secret in sorted(_IN_USE, key=len, reverse=True):
        text = text.replace(secret, MASK)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text
