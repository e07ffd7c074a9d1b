"""The local carrier: its people, its wire, its calls."""
