"""What a campaign decides: whom to call next, when again, when to brake, and what it has come to. Values only."""
