"""Signing in; knows tokens and where they come from, not what they are used for."""

from d365pop.auth.challenge import Challenge, discover
from d365pop.auth.client_secret import ClientSecret
from d365pop.auth.local import LocalSignIn
from d365pop.auth.provider import TokenProvider

__all__ = ["Challenge", "ClientSecret", "LocalSignIn", "TokenProvider", "discover"]
