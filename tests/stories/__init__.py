"""Whole tales."""
