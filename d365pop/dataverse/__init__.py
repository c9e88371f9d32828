"""The Dataverse Web API: one typed function per operation, and the only home of its URLs."""

from d365pop.dataverse.client import Dataverse

__all__ = ["Dataverse"]
