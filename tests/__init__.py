"""The tests mirror the source; stories/ tells tales, support/ holds peers and harness, house/ watches the rules."""
