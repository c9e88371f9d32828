"""Genesys Cloud screen pop for Dynamics 365: build, package, deploy and prove it."""

__version__ = "0.1.0"
