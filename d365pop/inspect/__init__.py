"""What a package is and holds, for people who decide whether it is imported."""
