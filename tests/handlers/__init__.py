"""Handlers, each told as a small story over a real store."""
