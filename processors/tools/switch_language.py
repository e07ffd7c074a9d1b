"""The tool with which the language model goes on in the caller's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from processors.tools.tool import Tool, ToolContext, tool


def switch_language(languages: Sequence[str]) -> Tool:
    """The tool ``switch_language(language)``; ``languages`` are the tags on offer, such as ``en`` and ``de``.

    The model is asked again afterwards: its next words are the first in the new language.
    """
    if not languages:
        raise ValueError("switch_language needs at least one language.")

    @tool(choices={"language": tuple(languages)})
    async def switch_language(
        context: ToolContext, language: Annotated[str, "The language to go on in."]
    ) -> dict[str, str]:
        """Go on in another language, as soon as the caller speaks it or asks for it. Say nothing before."""
        await context.change_language(language)
        return {"language": language, "note": "From now on, speak this language."}

    return switch_language
