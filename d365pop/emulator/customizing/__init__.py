"""Tables, columns and relationships that packages bring."""
