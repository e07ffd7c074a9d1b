"""Who answers: the language models, and what keeps a call answered when one of them fails."""
