"""What lies over what: the layers of managed solutions, edits above them, changes of forms."""
