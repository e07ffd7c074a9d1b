"""What the model may do in a call beside talking."""
