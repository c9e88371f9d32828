"""What an import does to an environment: checks first, then rows, then the job's record."""
