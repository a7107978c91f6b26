"""The channels: one suite that every channel passes, and what is special about each."""
