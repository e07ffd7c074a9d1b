"""Twilio: mu-law over Media Streams, calls by REST, and what Twilio tells by signed webhooks."""
