"""The frame of every HTML report: one file that loads nothing and runs its own script only."""

import base64
import hashlib
from functools import cache
from html import escape
from importlib.resources import files

from d365pop.report.plain import markup_without_commands


def page(title: str, body: str, script: str = "") -> str:
    """Return a whole page; ``body`` is HTML, ``title`` text, ``script`` a file of ``assets``."""
    style = asset("palette.css") + asset("page.css")
    code = asset(script) if script else ""
    policy = content_security_policy(style, code)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{markup_without_commands(escape(title))}</title>
<style>{style}</style>
</head>
<body>
{markup_without_commands(body)}
{f"<script>{code}</script>" if code else ""}
</body>
</html>
"""


def content_security_policy(style: str, script: str = "") -> str:
    """Return the policy that allows this style and this script, each by its hash, and no more."""
    return f"default-src 'none'; style-src {_hash(style)}; base-uri 'none'; form-action 'none'" + (
        f"; script-src {_hash(script)}" if script else ""
    )


@cache
def asset(name: str, folder: str = "report/assets") -> str:
    """Return the text of a packaged file in a folder of d365pop."""
    text = files("d365pop").joinpath(*folder.split("/"), name).read_text(encoding="utf-8")
    # The bytes that a browser hashes have no CR, whatever a checkout made of them.
    return text.replace("\r\n", "\n")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
