"""One file for each revision. What a revision did stays as it is: it names no model, which may change later."""
