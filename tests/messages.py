"""Writes docs/troubleshooting.md: every error's reference, read from the source that raises it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from d365pop import errors

ROOT: Final = Path(__file__).resolve().parents[1]
HEAD: Final = """\
# Troubleshooting, by message

Written from the program by `python3 dev.py pages`; do not edit it.

Every error names a reference, such as `environment-unknown`: look it up here. `…` stands for the
real name that the message has there. The next thing to do is part of the message, too.

| reference | exit code | message | what to do |
|---|---|---|---|
"""


class Message(NamedTuple):
    """One place that raises an error."""

    reference: str
    code: int
    text: str
    hint: str


def messages() -> list[Message]:
    """Return every error of the program once, sorted by reference."""
    found: dict[str, Message] = {}
    for path in sorted((ROOT / "d365pop").rglob("*.py")):
        for message in raised(ast.parse(path.read_text("utf-8"))):
            if not (message.reference in found and found[message.reference].hint):
                found[message.reference] = message
    return sorted(found.values())


def raised(tree: ast.AST) -> Iterator[Message]:
    """Yield the errors of ours that a module makes with a reference of its own."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id=name),
                args=[ast.Constant(value=str(reference)), *rest],
                keywords=keywords,
            ) if isinstance(kind := getattr(errors, name, None), type):
                if issubclass(kind, errors.D365PopError):
                    named = {keyword.arg: keyword.value for keyword in keywords}
                    text = words(rest[0] if rest else named.get("message"))
                    yield Message(reference, kind.exit_code, text, words(named.get("hint")))


def words(node: ast.expr | None) -> str:
    """Return the text of an expression; what is only known when it runs is an ellipsis."""
    match node:
        case None:
            return ""
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(words(part) for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return words(left) + words(right)
        case ast.IfExp(body=body, orelse=other):
            return " / ".join(filter(None, (words(body), words(other))))
        case _:
            return "…"


def page() -> str:
    """Return the page, in Markdown."""
    rows = (
        f"| `{told.reference}` | {int(told.code)} | {cell(told.text)} | {cell(told.hint)} |\n"
        for told in messages()
    )
    return HEAD + "".join(rows)


def cell(text: str) -> str:
    """Return a text that no table and no HTML is made of."""
    plain = " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
    return plain.replace("[", "\\[").replace("*", "\\*").replace("_", "\\_")
