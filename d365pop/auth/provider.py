"""What every kind of sign-in offers; knows none of them."""

from typing import Protocol


class TokenProvider(Protocol):
    """Gives bearer tokens for one environment."""

    def token(self) -> str:
        """Return a token that should still be valid.

        Raises:
            SignInError: there is none to be had.
        """

    def renew(self) -> str:
        """Return a new token, after the environment refused the last one.

        Raises:
            SignInError: there is none to be had.
        """
