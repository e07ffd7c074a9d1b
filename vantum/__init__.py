"""Vantum: AI phone calls. This module exports what the author of a pipeline needs."""
