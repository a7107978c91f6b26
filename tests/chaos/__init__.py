"""Chaos: the process is killed at random points under a stream of messages, and then everything must be accounted for.

stage    the configuration folder, the people and what they say and press
victim   the process that is killed: the real app, forked from a parent that has imported everything
run      kills, with the Bot API server in this process; then lets the last victim finish
audit    what was said against what is stored, what is stored against what was shown
"""
