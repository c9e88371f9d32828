"""Findings about scripts: Microsoft's own rules and ours, run in the embedded engine."""
