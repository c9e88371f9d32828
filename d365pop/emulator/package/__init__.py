"""The emulator's own reader of solution packages: bytes in, values out, nothing written."""
