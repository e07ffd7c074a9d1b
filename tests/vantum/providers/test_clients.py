"""The clients that calls share: made once for each provider, and closed with the process."""

from __future__ import annotations

from vantum.providers.clients import Clients


class Client:
    """A client that knows whether it was closed."""

    def __init__(self, key: str, url: str) -> None:
        self.about = (key, url)
        self.closed = 0

    async def close(self) -> None:
        self.closed += 1


class Other(Client):
    """A client of another make."""


async def test_a_client_is_made_once_for_each_key_and_address() -> None:
    clients = Clients()
    first = clients.get(Client, Client.close, "key", "url")
    assert clients.get(Client, Client.close, "key", "url") is first
    assert first.about == ("key", "url")
    others = [
        clients.get(Client, Client.close, "other key", "url"),
        clients.get(Client, Client.close, "key", "other url"),
        clients.get(Other, Other.close, "key", "url"),
    ]
    assert len({first, *others}) == 4


async def test_all_are_closed_once() -> None:
    clients = Clients()
    made = [clients.get(make, make.close, "key", "url") for make in (Client, Other)]
    await clients.close()
    await clients.close()
    assert [client.closed for client in made] == [1, 1]
    assert clients.get(Client, Client.close, "key", "url") is not made[0]
