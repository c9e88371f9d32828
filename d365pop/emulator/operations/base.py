"""What an action or a function is; knows none in particular."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.faults import MISSING_PARAMETER, bad_request
from d365pop.emulator.odata.values import INTEGER_LIMIT, is_whole
from d365pop.emulator.protocol import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Call:
    """One call: who, and with which parameters."""

    environment: Environment
    caller: Caller
    parameters: JsonObject = field(default_factory=dict)
    root: str = ""
    """Address of the Web API, ending in a slash."""

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text parameter; without a default it is required."""
        value = self._value(name, default)
        if not isinstance(value, str):
            raise _wrong_type(name, value, "Edm.String")
        return value

    def number(self, name: str) -> int:
        """Return a required number."""
        value = self._value(name, None)
        if not isinstance(value, int) or not is_whole(value, INTEGER_LIMIT):
            raise _wrong_type(name, value, "Edm.Int32")
        return value

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """Return a boolean parameter; without a default it is required."""
        value = self._value(name, default)
        if not isinstance(value, bool):
            raise _wrong_type(name, value, "Edm.Boolean")
        return value

    def _value(self, name: str, default: Json) -> Json:
        value = self.parameters.get(name)
        if value is None:
            value = default
        if value is None:
            # ASSUMED: the code.
            raise bad_request(f"Required field '{name}' is missing", MISSING_PARAMETER)
        return value


Handler: TypeAlias = Callable[[Call], "JsonObject | None"]


@dataclass(frozen=True, slots=True)
class Operation:
    """An unbound action (POST) or function (GET) with the parameters that it knows."""

    name: str
    handler: Handler
    parameters: frozenset[str] = frozenset()
    is_function: bool = False
    context: str = ""
    """What an answer says it is, where it is no response type of the operation's own."""

    def call(self, call: Call) -> JsonObject | None:
        """Run it.

        Raises:
            Fault: a parameter is unknown or missing, or the operation itself fails.
        """
        for name in call.parameters:
            if "@" not in name and name not in self.parameters:
                raise bad_request(
                    f"The parameter '{name}' in the request payload is not a valid parameter for "
                    f"the operation '{self.name}'."
                )
        return self.handler(call)


def _wrong_type(name: str, value: Json, wanted: str) -> Exception:
    return bad_request(
        f"Cannot convert the literal '{str(value)[:100]}' to the expected type '{wanted}'. "
        f"(parameter '{name}')"
    )
