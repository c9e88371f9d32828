"""What a package was made from, written down and proven; knows no environment."""
