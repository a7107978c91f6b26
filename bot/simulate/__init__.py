"""A year in a minute: the real handlers on a virtual clock, people made up by chance, and rules that must always hold.

world      the handlers on a clock that leaps; tests and the demonstration stand on it as well
"""
