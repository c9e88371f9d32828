"""Columns that hold several choices: how they are written and asked for; knows no table."""

from d365pop.emulator.faults import bad_request
from d365pop.emulator.metadata import Column
from d365pop.emulator.numerals import is_whole
from d365pop.emulator.odata.codes import BAD_CONDITION, BAD_VALUE
from d365pop.emulator.odata.fragments import Sql

CHOSEN = frozenset({"contain-values", "not-contain-values"})
WHOLE = frozenset({"eq", "in"})
MOST, HIGHEST = 150, 1 << 31


def ordered(text: str) -> str:
    """Return numbers with commas between in the order in which rows store them.

    Raises:
        ValueError: they are no numbers of choices, or more than one column takes.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(map(is_whole, parts)) or len(set(parts)) > MOST:
        raise ValueError(text)
    numbers = sorted({int(part) for part in parts})
    if max(map(abs, numbers)) >= HIGHEST:
        raise ValueError(text)
    return ",".join(map(str, numbers))


def choice_condition(operator: str, target: Sql, values: tuple[str, ...]) -> Sql:
    """Return whether a column holds some of these choices, or exactly these.

    ASSUMED: a row without choices fulfils neither of ``contain-values`` and its opposite, as in the
    documented example; ``in`` asks for exactly the choices that it lists.

    Raises:
        Fault: the column holds one value only, the values are no choices, or the operator asks
            for something else.
    """
    column = target.column or Column("")
    if not column.several or operator not in CHOSEN | WHOLE:
        raise bad_request(
            f"The condition operator '{operator}' is not valid for the column '{column.name}'.",
            BAD_CONDITION,
        )
    try:
        given = ordered(",".join(values))
    except ValueError as exc:
        raise bad_request(f"'{','.join(values)[:100]}' are no choices.", BAD_VALUE) from exc
    if operator in WHOLE:
        return Sql(f"({target.text} = ?)", (*target.parameters, given))
    chosen = [f",{number}," for number in given.split(",")]
    test = f"instr(',' || {target.text} || ',', ?) > 0"
    text = f"({' OR '.join([test] * len(chosen))})"
    parameters = tuple(value for one in chosen for value in (*target.parameters, one))
    return Sql(text if operator == "contain-values" else f"(NOT {text})", parameters)
