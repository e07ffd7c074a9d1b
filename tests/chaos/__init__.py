"""Whole calls whose providers fail: this folder mirrors no module, it looks at all of them from outside."""
