"""Campaigns as people handle them: made, changed, looked over, started, held, stopped and followed."""
