"""Signing in; knows tokens and where they come from, not what they are used for."""

from d365pop.auth.challenge import Challenge, discover
from d365pop.auth.factory import token_provider
from d365pop.auth.kinds import Kind
from d365pop.auth.person import PersonSignIn
from d365pop.auth.provider import TokenProvider
from d365pop.auth.surroundings import Surroundings
from d365pop.auth.token_cache import Kept, open_cache

__all__ = [
    "Challenge",
    "Kept",
    "Kind",
    "PersonSignIn",
    "Surroundings",
    "TokenProvider",
    "discover",
    "open_cache",
    "token_provider",
]
