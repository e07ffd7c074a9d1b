"""The browser: MessagePack over one WebSocket."""
