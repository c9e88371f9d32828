"""Every exception of d365pop and the exit code each one ends in; imports nothing of ours."""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the process returns to the shell; stable, documented in the README."""

    OK = 0
    DEFECT = 1
    USAGE = 2
    CONFIGURATION = 3
    BUNDLE = 4
    CHECK_FINDINGS = 5
    SIGN_IN = 6
    NETWORK = 7
    DATAVERSE = 8
    PLAN_REFUSED = 9
    ROLLBACK_FAILED = 10
    STILL_RUNNING = 11
    VERIFICATION_FAILED = 12
    DIFFERS = 13
    INTERRUPTED = 130


class D365PopError(Exception):
    """A failure that a person can act on.

    ``reference`` is kebab-case and stable; ``message`` says what failed, with real names;
    ``context`` says why; ``hint`` is the next thing to type or to do.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.DEFECT

    def __init__(self, reference: str, message: str, *, context: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.reference = reference
        self.message = message
        self.context = context
        self.hint = hint


class UsageError(D365PopError):
    """The command line asks for something that cannot be done."""

    exit_code = ExitCode.USAGE


class ConfigurationError(D365PopError):
    """``d365pop.toml``, a ``D365POP_*`` variable or a local folder is not as it must be."""

    exit_code = ExitCode.CONFIGURATION


class BundleError(D365PopError):
    """A script or the package cannot be built or read."""

    exit_code = ExitCode.BUNDLE


class SignInError(D365PopError):
    """No token, or a token that the environment does not accept."""

    exit_code = ExitCode.SIGN_IN


class NetworkError(D365PopError):
    """The environment could not be reached, or the connection broke."""

    exit_code = ExitCode.NETWORK


class DataverseError(D365PopError):
    """Dataverse answered with an error.

    ``status`` is the HTTP status, ``code`` the platform's (``0x80040217``, may be empty) and
    ``request_id`` what Microsoft's support asks for.
    """

    exit_code = ExitCode.DATAVERSE

    def __init__(  # noqa: PLR0913 - the platform's own parts of an error
        self,
        reference: str,
        message: str,
        *,
        status: int,
        code: str = "",
        request_id: str = "",
        context: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(reference, message, context=context, hint=hint)
        self.status = status
        self.code = code
        self.request_id = request_id


class PlanRefusedError(D365PopError):
    """The plan would do harm, or the environment is no longer the one that was planned for."""

    exit_code = ExitCode.PLAN_REFUSED


class OvertakenError(PlanRefusedError):
    """Our import went over one of others: taking it back would take theirs away as well."""


class RollbackFailedError(D365PopError):
    """A rollback did not reach the end; the context says what is still applied."""

    exit_code = ExitCode.ROLLBACK_FAILED


class StillRunningError(D365PopError):
    """We stopped waiting; the environment has not: a time-out is no failure."""

    exit_code = ExitCode.STILL_RUNNING


class VerificationError(D365PopError):
    """What was read back after the deploy is not what was deployed."""

    exit_code = ExitCode.VERIFICATION_FAILED


class InterruptedRunError(D365PopError):
    """The user said stop."""

    exit_code = ExitCode.INTERRUPTED


def interrupted(*, context: str = "", hint: str = "") -> InterruptedRunError:
    """Return what Ctrl-C is told as wherever it is heard."""
    return InterruptedRunError("interrupted", "Interrupted.", context=context, hint=hint)
