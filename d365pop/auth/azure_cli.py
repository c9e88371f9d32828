"""Takes the token of whoever the Azure CLI has signed in; keeps nothing."""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from d365pop.auth.aadsts import has_code, sign_in_error
from d365pop.auth.challenge import Challenge
from d365pop.errors import SignInError
from d365pop.redaction import redact
from d365pop.transport import host_of

SECONDS: Final = 10.0
MISSING: Final = 127
MARGIN: Final = 300.0
"""Seconds before its end from which a token is no longer used."""
_LOGIN = "Run `az login`, then try again. Who can: you."


@dataclass(frozen=True, slots=True)
class Ended:
    """What a program left behind; ``result`` may be a token."""

    code: int
    result: str = field(repr=False)
    complaint: str


Runner: TypeAlias = Callable[[Sequence[str]], Ended]


def run(arguments: Sequence[str]) -> Ended:
    """Run a program for at most ten seconds, in a folder that holds no settings of its own."""
    program = shutil.which(arguments[0])
    if program is None:
        return Ended(MISSING, "", "not installed")
    with (
        subprocess.Popen(  # noqa: S603 - no shell, and no argument of a stranger's
            [program, *arguments[1:]],
            cwd=tempfile.gettempdir(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process
    ):
        try:
            result, complaint = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return Ended(1, "", f"no answer within {SECONDS:.0f} seconds")
        return Ended(process.returncode, result, complaint)


@dataclass
class AzureCliSignIn:
    """The signed-in user or application of ``az``; asking it takes a second, so once is enough."""

    challenge: Challenge
    tenant: str = ""
    runner: Runner = run
    clock: Callable[[], float] = time.time
    _token: str = field(default="", init=False, repr=False)
    _good_until: float = field(default=0.0, init=False)

    def token(self) -> str:
        """Return the last token while it is fresh, else the one that ``az`` gives.

        Raises:
            SignInError: it is not installed, or nobody is signed in.
        """
        return self._token if self.clock() < self._good_until else self.renew()

    def renew(self) -> str:
        """Ask ``az`` again, which renews what is about to expire."""
        command = ["az", "account", "get-access-token", "--output", "json"]
        command += ["--resource", self.challenge.resource]
        ended = self.runner([*command, *(["--tenant", self.tenant] if self.tenant else [])])
        if ended.code:
            raise _failed(ended, host_of(self.challenge.authority))
        try:
            answer = json.loads(ended.result)
        except ValueError:
            answer = None
        fields = answer if isinstance(answer, dict) else {}
        token, expires = fields.get("accessToken"), fields.get("expires_on")
        if not isinstance(token, str) or not token:
            # What it printed is not shown: it may hold a token.
            raise SignInError("azure-cli-failed", "the Azure CLI gave no token", hint=_LOGIN)
        self._token = token
        # Older versions of az tell local time only; theirs is asked for each time.
        self._good_until = float(expires) - MARGIN if isinstance(expires, int) else 0.0
        return token


def _failed(ended: Ended, authority_host: str) -> SignInError:
    if ended.code == MISSING:
        return SignInError(
            "azure-cli-missing",
            "The Azure CLI is not installed, or not in PATH.",
            hint="Install it (https://aka.ms/azure-cli), or choose another sign_in. Who can: you.",
        )
    said = ended.complaint.strip()
    if has_code(said):
        return sign_in_error({"error_description": said}, authority_host)
    return SignInError(
        "azure-cli-failed",
        "the Azure CLI gave no token",
        context=redact(said.splitlines()[-1])[:500] if said else f"exit code {ended.code}",
        hint=_LOGIN,
    )
