"""Writes docs/troubleshooting.md: every error's reference, read from the source that raises it."""

import ast
import copy
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

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


REFERENCE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PLACE: Final = re.compile(r"\{\w+\}")
ROWS: Final[Mapping[str, tuple[type[errors.D365PopError], tuple[str, ...]]]] = {
    "Explanation": (errors.SignInError, ("message", "hint")),
    "_Failure": (errors.NetworkError, ("message", "hint")),
    "Meaning": (errors.DataverseError, ("hint",)),
}
"""What tables of references hold, after the reference itself, and the error that it becomes."""


REFUSED: Final = "… refused to …: …"
"""What Dataverse's own refusals say: what it was, and Dataverse's words."""


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


def raised(tree: ast.Module) -> Iterator[Message]:
    """Yield the errors of ours that a module makes, by itself, by a function or by a table."""
    texts = constants(tree)
    for name, first, call in named_calls(tree):
        if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
            continue
        if kind := kind_of(name):
            yield told(first.value, kind, fill(call, texts))
        elif name in ROWS:
            yield row(first.value, name, fill(call, texts))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from made(node, tree)


def constants(tree: ast.Module) -> dict[str, ast.expr]:
    """Return what the names stand for that a module gives at its top."""
    given = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    typed = {
        node.target.id: node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value
    }
    return given | typed


def row(reference: str, name: str, call: ast.Call) -> Message:
    """Return what a row of a table says."""
    kind, fields = ROWS[name]
    said = {field: words(value) for field, value in zip(fields, call.args[1:], strict=False)}
    return Message(reference, kind.exit_code, said.get("message", REFUSED), said.get("hint", ""))


def made(function: ast.FunctionDef, tree: ast.AST) -> Iterator[Message]:
    """Yield the errors that a function makes of a reference that it is given or looks up."""
    names = [argument.arg for argument in function.args.args]
    for name, first, node in named_calls(function):
        kind = kind_of(name)
        if kind is None or not isinstance(first, ast.Name):
            continue
        if first.id not in names:
            yield from (told(reference, kind, node) for reference in looked_up(tree))
            continue
        for caller, given, call in named_calls(tree):
            if caller == function.name and isinstance(given, ast.Constant):
                filled = fill(node, dict(zip(names, call.args, strict=False)))
                yield told(str(given.value), kind, filled)


def named_calls(tree: ast.AST) -> Iterator[tuple[str, ast.expr, ast.Call]]:
    """Yield the name of what is called, its first argument, and the call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            yield node.func.id, node.args[0], node


def looked_up(tree: ast.AST) -> set[str]:
    """Return the references among the values of a module's tables."""
    return {
        value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for value in node.values
        if isinstance(value, ast.Constant)
        and isinstance(value.value, str)
        and REFERENCE.fullmatch(value.value)
    }


def indirect(tree: ast.AST) -> list[str]:
    """Return the errors of a module whose reference is a value's: ROWS must know its class."""
    return [
        ast.unparse(first)
        for name, first, _ in named_calls(tree)
        if kind_of(name) and not isinstance(first, ast.Constant | ast.Name)
    ]


def kind_of(name: str) -> type[errors.D365PopError] | None:
    """Return our error of this name."""
    kind = getattr(errors, name, None)
    ours = isinstance(kind, type) and issubclass(kind, errors.D365PopError)
    return kind if ours else None


def told(reference: str, kind: type[errors.D365PopError], call: ast.Call) -> Message:
    """Return what a call that makes an error says."""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    text = call.args[1] if len(call.args) > 1 else named.get("message")
    return Message(reference, kind.exit_code, words(text), words(named.get("hint")))


T = TypeVar("T", bound=ast.AST)


def fill(node: T, values: Mapping[str, ast.expr]) -> T:
    """Return a copy of ``node`` with names replaced by what they stand for."""

    class Filling(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> ast.expr:
            return values.get(name.id, name)

    filled: T = Filling().visit(copy.deepcopy(node))
    return filled


def words(node: ast.expr | None) -> str:
    """Return the text of an expression; what is only known when it runs is an ellipsis."""
    match node:
        case None:
            return ""
        case ast.Constant(value=str(text)):
            return PLACE.sub("…", text)
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
