"""What the screen pop brings: counts, times and their change; reads, and writes nothing."""
