"""Findings about a package, a script or a configuration: what is wrong, where, and how to mend it."""
