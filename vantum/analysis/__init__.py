"""Who analyses calls: a language model, or the embedded rules where there is no key."""
