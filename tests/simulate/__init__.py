"""The simulation: what it finds when something is broken, and that it finds nothing where all is well."""
