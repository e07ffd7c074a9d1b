"""What outreach does between files and the store: lists come in, and people are handed out or erased."""
