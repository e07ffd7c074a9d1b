"""Stand-ins for Deepgram, OpenAI and Cartesia in a process of their own, cheap enough for hundreds of calls."""
