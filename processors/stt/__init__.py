"""Who hears the caller: the recognisers, and what keeps a call heard when one of them fails."""
