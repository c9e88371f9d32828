"""What is looked for in a package: one file per family, each with ``RULES`` and ``check``."""
