"""Phone calls: what is known of each, how they are placed, answered, watched and ended."""
