"""Measurements of the whole product; ``make bench`` runs ``python -m benchmarks.density``."""
