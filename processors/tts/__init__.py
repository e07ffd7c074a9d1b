"""Who speaks: the voices, and what keeps a call spoken when one of them fails."""
