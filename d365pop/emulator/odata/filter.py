"""The grammar of ``$filter``: text in, expression out; knows no table."""

from functools import lru_cache

from d365pop.emulator.faults import Fault, bad_request, not_implemented
from d365pop.emulator.metadata import Kind
from d365pop.emulator.numerals import is_whole
from d365pop.emulator.odata.ast import (
    Comparison,
    Expression,
    In,
    Lambda,
    Literal,
    Logical,
    Not,
    Operand,
    Path,
    TextMatch,
)
from d365pop.emulator.odata.lexer import Token, TokenKind, tokenize

COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
TEXT_FUNCTIONS = frozenset({"contains", "startswith", "endswith"})
TOO_MANY_CONDITIONS = "0x8004430d"
CRM_FUNCTIONS = "Microsoft.Dynamics.CRM."
LAMBDAS = frozenset({"any", "all"})
CONSTANTS: dict[str, Literal] = {
    "null": Literal(None, None),
    "true": Literal(value=True, kind=Kind.BOOLEAN),
    "false": Literal(value=False, kind=Kind.BOOLEAN),
}
# SQLite parses about 100 open brackets; a level here may need four of them.
DEEPEST = 24
MOST_CONDITIONS = 500


@lru_cache(maxsize=256)
def parse_filter(text: str) -> Expression:
    """Return what a ``$filter`` says.

    Raises:
        Fault: the text is no filter, or uses what the emulator does not have.
    """
    parser = _Parser(text)
    expression = parser.disjunction()
    if parser.token.kind is not TokenKind.END:
        raise parser.unexpected()
    return expression


class _Parser:
    """Recursive descent over the tokens; one method per level of precedence."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.index = 0
        self.depth = 0
        self.conditions = 0
        self.variables: list[str] = []

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def unexpected(self) -> Fault:
        found = f"'{self.token.text}'" if self.token.text else "end of text"
        return bad_request(
            f"Syntax error: {found} is not expected at position {self.token.position} "
            f"in '{self.text}'."
        )

    def advance(self) -> Token:
        token = self.token
        self.index += 1
        return token

    def accept(self, text: str) -> bool:
        if self.token.kind in {TokenKind.NAME, TokenKind.MARK} and self.token.text == text:
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise self.unexpected()

    def disjunction(self) -> Expression:
        left = self.conjunction()
        while self.accept("or"):
            left = Logical("or", left, self.conjunction())
        return left

    def conjunction(self) -> Expression:
        left = self.negation()
        while self.accept("and"):
            left = Logical("and", left, self.negation())
        return left

    def negation(self) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            raise bad_request("The recursion limit has been exceeded in the $filter expression.")
        expression = Not(self.negation()) if self.accept("not") else self.primary()
        self.depth -= 1
        return expression

    def primary(self) -> Expression:
        if self.accept("("):
            expression = self.disjunction()
            self.expect(")")
            return expression
        self.count_condition()
        if self.at_lambda():
            return self.quantified()
        following = self.tokens[self.index + 1] if self.token.kind is TokenKind.NAME else None
        if following is not None and following.text == "(" and following.kind is TokenKind.MARK:
            return self.function()
        return self.comparison()

    def count_condition(self) -> None:
        self.conditions += 1
        if self.conditions > MOST_CONDITIONS:
            # ASSUMED: how many conditions a query may have, and the code.
            raise bad_request(
                "Number of conditions in query exceeded maximum limit.", TOO_MANY_CONDITIONS
            )

    def comparison(self) -> Expression:
        left = self.operand()
        operator = self.token.text
        if self.token.kind is not TokenKind.NAME or operator not in COMPARISONS:
            raise self.unexpected()
        self.advance()
        return Comparison(operator, left, self.operand())

    def at_lambda(self) -> bool:
        """Whether a navigation property and ``any`` or ``all`` follow."""
        kinds = [token.kind for token in self.tokens[self.index : self.index + 2]]
        if kinds != [TokenKind.NAME, TokenKind.MARK] or self.tokens[self.index + 1].text != "/":
            return False
        return self.tokens[self.index + 2].text in LAMBDAS

    def quantified(self) -> Expression:
        collection = self.advance().text
        self.expect("/")
        operator = self.advance().text
        self.expect("(")
        if operator == "any" and self.accept(")"):
            return Lambda(operator, collection, None)
        if self.variables:
            raise not_implemented(f"The lambda operator '{operator}' within another one")
        self.variables.append(self.segment())
        self.expect(":")
        condition = self.disjunction()
        self.variables.pop()
        self.expect(")")
        return Lambda(operator, collection, condition)

    def function(self) -> Expression:
        name = self.advance().text
        self.expect("(")
        if name in TEXT_FUNCTIONS:
            path = self.path()
            self.expect(",")
            literal = self.literal()
            self.expect(")")
            return TextMatch(name, path, literal)
        if name in {f"{CRM_FUNCTIONS}In", f"{CRM_FUNCTIONS}NotIn"}:
            return self.membership(negated=name.endswith("NotIn"))
        if name.startswith(CRM_FUNCTIONS):
            raise not_implemented(f"The query function {name}")
        raise bad_request(
            f"An unknown function with name '{name}' was found. This may also be a function import "
            "or a key lookup on a navigation property, which is not allowed."
        )

    def membership(self, *, negated: bool) -> Expression:
        self.expect("PropertyName")
        self.expect("=")
        name = self.literal()
        self.expect(",")
        self.expect("PropertyValues")
        self.expect("=")
        self.expect("[")
        values = [self.member()]
        while self.accept(","):
            values.append(self.member())
        self.expect("]")
        self.expect(")")
        path = self.without_variable(str(name.value).split("/"))
        return In(path, tuple(values), negated)

    def member(self) -> str:
        if self.token.kind is TokenKind.QUOTED:
            return self.advance().text[1:-1]
        return str(self.literal().value)

    def operand(self) -> Operand:
        if self.token.kind is TokenKind.NAME and self.token.text not in CONSTANTS:
            return self.path()
        return self.literal()

    def path(self) -> Path:
        segments = [self.segment()]
        while self.accept("/"):
            if self.token.text in LAMBDAS:
                raise not_implemented(f"The lambda operator '{self.token.text}'")
            segments.append(self.segment())
        return self.without_variable(segments)

    def without_variable(self, segments: list[str]) -> Path:
        """Return a path as the rows see it that a lambda is about."""
        if not self.variables:
            return Path(tuple(segments))
        if segments[0] != self.variables[-1] or not segments[1:]:
            raise bad_request(
                f"Could not find a property named '{segments[0]}' in the range variable "
                f"'{self.variables[-1]}'."
            )
        return Path(tuple(segments[1:]))

    def segment(self) -> str:
        if self.token.kind is not TokenKind.NAME or "." in self.token.text:
            raise self.unexpected()
        return self.advance().text

    def literal(self) -> Literal:
        token = self.token
        literal = _literal(token)
        if literal is None:
            raise self.unexpected()
        self.advance()
        return literal


def _literal(token: Token) -> Literal | None:
    match token.kind:
        case TokenKind.TEXT:
            return Literal(token.text[1:-1].replace("''", "'"), Kind.TEXT)
        case TokenKind.GUID:
            return Literal(token.text.lower(), Kind.ID)
        case TokenKind.DATETIME:
            return Literal(token.text, Kind.DATETIME)
        case TokenKind.NUMBER:
            whole = is_whole(token.text)
            value = int(token.text) if whole else float(token.text)
            return Literal(value, Kind.INTEGER if whole else Kind.NUMBER)
        case TokenKind.NAME:
            return CONSTANTS.get(token.text)
        case TokenKind.QUOTED | TokenKind.MARK | TokenKind.END:
            return None
