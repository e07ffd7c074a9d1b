"""What is true: pure decisions over values. No event loop, clock, environment, engine or logging."""
