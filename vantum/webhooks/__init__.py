"""Webhooks: what waits in the store is sent, signed, again and again, to addresses that may be called."""
