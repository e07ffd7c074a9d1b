"""Conversations measured as a caller hears them: Vantum beside stock pipecat, over real sockets."""
