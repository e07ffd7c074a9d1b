"""What goes wrong with a campaign, as the problem that whoever asks is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vantum.core.errors import CampaignError, NoCampaignError, UsageError
from vantum.rest.problems import Flaw, Kind, Refused, invalid, not_found, pointer


@contextmanager
def told_as_problems() -> Iterator[None]:
    """Within this, an error of ``vantum.campaigns`` becomes Refused."""
    try:
        yield
    except NoCampaignError as error:
        raise not_found("campaign") from error
    except CampaignError as error:
        raise Refused(Kind.CONFLICT, str(error)) from error
    except (UsageError, ValueError) as error:
        # Each field was looked at before: these do not fit together.
        raise invalid(Flaw(detail=str(error), pointer=pointer())) from error
