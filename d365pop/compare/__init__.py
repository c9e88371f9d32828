"""What differs between two packages, or between a package and an environment."""
