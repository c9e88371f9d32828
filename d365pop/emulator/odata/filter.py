"""The grammar of ``$filter``: text in, expression out; knows no table."""

from collections.abc import Mapping
from functools import lru_cache

from d365pop.emulator.faults import Fault, bad_request
from d365pop.emulator.metadata import CRM, Kind
from d365pop.emulator.numerals import is_whole
from d365pop.emulator.odata.ast import (
    Comparison,
    Condition,
    Expression,
    Lambda,
    Literal,
    Logical,
    Not,
    Operand,
    Path,
    TextMatch,
)
from d365pop.emulator.odata.functions import CRM_OPERATORS, VALUE_PARAMETERS
from d365pop.emulator.odata.lexer import Token, TokenKind, tokenize
from d365pop.emulator.odata.options import Aliases

COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
TEXT_FUNCTIONS = frozenset({"contains", "startswith", "endswith"})
TOO_MANY_CONDITIONS = "0x8004430c"
LAMBDAS = frozenset({"any", "all"})
CONSTANTS: dict[str, Literal] = {
    "null": Literal(None, None),
    "true": Literal(value=True, kind=Kind.BOOLEAN),
    "false": Literal(value=False, kind=Kind.BOOLEAN),
}
# SQLite parses about 100 open brackets; a level here may need four of them.
DEEPEST = 24
MOST_CONDITIONS = 500
MOST_SEGMENTS = 12


@lru_cache(maxsize=256)
def parse_filter(text: str, aliases: Aliases = ()) -> Expression:
    """Return what a ``$filter`` says; ``aliases`` are what ``@p1`` and its like stand for.

    Raises:
        Fault: the text is no filter, or uses what the emulator does not have.
    """
    parser = _Parser(text, _without_aliases(tokenize(text), dict(aliases)))
    expression = parser.disjunction()
    if parser.token.kind is not TokenKind.END:
        raise parser.unexpected()
    return expression


def _without_aliases(tokens: list[Token], aliases: Mapping[str, str]) -> list[Token]:
    """Return the tokens with each alias replaced by what it stands for."""
    replaced: list[Token] = []
    for token in tokens:
        if token.kind is not TokenKind.NAME or not token.text.startswith("@"):
            replaced.append(token)
            continue
        # An alias without a value means null, as documented.
        replaced += tokenize(aliases.get(token.text, "null"))[:-1]
    return replaced


class _Parser:
    """Recursive descent over the tokens; one method per level of precedence."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
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
        expression = self.negated() if self.accept("not") else self.primary()
        self.depth -= 1
        return expression

    def negated(self) -> Expression:
        inner = self.negation()
        if isinstance(inner, Condition):
            raise bad_request(
                "Not operator along with the Custom Named Condition operators is not allowed"
            )
        return Not(inner)

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
        """Whether a path and ``any`` or ``all`` follow."""
        index, texts = self.index, [token.text for token in self.tokens]
        while self.tokens[index].kind is TokenKind.NAME and texts[index + 1] == "/":
            index += 2
        return index > self.index and texts[index] in LAMBDAS and texts[index + 1] == "("

    def quantified(self) -> Expression:
        segments = [self.segment()]
        while self.accept("/") and self.token.text not in LAMBDAS:
            segments.append(self.segment())
        path, operator = self.without_variable(segments), self.advance().text
        self.expect("(")
        if operator == "any" and self.accept(")"):
            return Lambda(operator, path, None)
        self.variables.append(self.segment())
        self.expect(":")
        condition = self.disjunction()
        self.variables.pop()
        self.expect(")")
        return Lambda(operator, path, condition)

    def function(self) -> Expression:
        name = self.advance().text
        self.expect("(")
        if name in TEXT_FUNCTIONS:
            path = self.path()
            self.expect(",")
            literal = self.literal()
            self.expect(")")
            return TextMatch(name, path, literal)
        operator = CRM_OPERATORS.get(name.removeprefix(CRM))
        if operator is not None and name.startswith(CRM):
            return self.condition(operator)
        raise bad_request(
            f"An unknown function with name '{name}' was found. This may also be a function import "
            "or a key lookup on a navigation property, which is not allowed."
        )

    def condition(self, operator: str) -> Expression:
        """Return what a query function says; its parameters are named, in any order."""
        given: dict[str, tuple[str, ...]] = {}
        while not given or self.accept(","):
            name = self.segment()
            self.expect("=")
            if name in given or name not in VALUE_PARAMETERS:
                raise self.unexpected()
            given[name] = self.members()
        self.expect(")")
        names = given.pop("PropertyName", ())
        if len(names) != 1:
            raise bad_request(f"The query function in '{self.text}' needs one PropertyName.")
        values = [value for name in VALUE_PARAMETERS for value in given.get(name, ())]
        return Condition(operator, self.without_variable(names[0].split("/")), tuple(values))

    def members(self) -> tuple[str, ...]:
        """Return one literal, or those of a list."""
        if not self.accept("["):
            return (self.member(),)
        values = [self.member()]
        while self.accept(","):
            values.append(self.member())
        self.expect("]")
        return tuple(values)

    def member(self) -> str:
        if self.token.kind is TokenKind.QUOTED:
            return self.advance().text[1:-1]
        literal = self.literal()
        return str(literal.value).lower() if literal.kind is Kind.BOOLEAN else str(literal.value)

    def operand(self) -> Operand:
        if self.token.kind is not TokenKind.NAME or self.token.text in CONSTANTS:
            return self.literal()
        if "." in self.token.text and self.tokens[self.index + 1].kind is TokenKind.TEXT:
            # Microsoft.Dynamics.CRM.AttributeTypeCode'Picklist': a member of an enumeration.
            self.advance()
            return self.literal()
        return self.path()

    def path(self) -> Path:
        return self.without_variable(self.segments(MOST_SEGMENTS))

    def segments(self, most: int) -> list[str]:
        segments = [self.segment()]
        while len(segments) < most and self.accept("/"):
            segments.append(self.segment())
        return segments

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
            return _number(token.text)
        case TokenKind.NAME:
            return CONSTANTS.get(token.text)
        case TokenKind.QUOTED | TokenKind.MARK | TokenKind.END:
            return None


def _number(text: str) -> Literal:
    """Return a number; a whole one that the store may not hold becomes a broken one."""
    if is_whole(text):
        return Literal(int(text), Kind.INTEGER)
    return Literal(float(text), Kind.NUMBER)
