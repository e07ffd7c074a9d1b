"""May a machine call this person now? The law as a table, a decision with its reasons, a chain that keeps it."""
