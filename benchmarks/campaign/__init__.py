"""A campaign on real processes that are killed, beside a stand-in for Twilio that remembers what it was asked."""
