"""Carriers and sockets: how a call's audio and events reach a person and come back."""
