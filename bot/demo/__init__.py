"""A night in fast-forward: the real handlers on a clock that leaps from one instant that matters to the next.

stage     a store of its own, a clock that moves, people who write and press buttons; everything that is said, in order
night     the script of the night of 2026-10-01 (night.toml) played on a stage
printed   the transcript and the month's figures as text
"""
