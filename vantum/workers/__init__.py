"""Several processes that serve one address: who starts them, gives them connections, and asks how they are."""
