"""Web resource sources become scripts with source maps, in an embedded engine."""
