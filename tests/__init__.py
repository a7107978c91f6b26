"""The tests mirror the source; stories/ tells whole tales, support/ holds peers and harness, house/ watches the rules."""
