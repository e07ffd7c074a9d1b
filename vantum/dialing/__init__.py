"""Dialers: they claim leads that are due, call them when and if they may be called, and write down how it ended."""
