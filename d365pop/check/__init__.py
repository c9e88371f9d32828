"""Findings about a package, a script or a configuration: what, where, and how to mend it."""
