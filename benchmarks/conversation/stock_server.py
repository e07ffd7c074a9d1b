"""Stock pipecat as its examples build it, with the same three providers; the defaults are left alone.

RTVI, turn tracking and idle observers are on; Silero in the user aggregator; the default turn strategies, whose
stop strategy is Smart Turn. The log tells warnings only, as in Vantum's server.
"""

from __future__ import annotations

import argparse
import os
import sys
from itertools import count

import uvicorn
from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.serializers.protobuf import ProtobufFrameSerializer
from pipecat.services.cartesia.tts import CartesiaTTSService
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.workers.runner import WorkerRunner

from benchmarks.conversation.prompt import prompt

NUMBERS = count()
GRACE_SECONDS = 1
app = FastAPI()


@app.websocket("/ws")
async def call(websocket: WebSocket) -> None:
    """One bot a connection."""
    number = next(NUMBERS)
    await websocket.accept()
    await run_bot(websocket, number)


async def run_bot(websocket: WebSocket, number: int) -> None:
    """One call."""
    transport = FastAPIWebsocketTransport(
        websocket,
        FastAPIWebsocketParams(
            audio_in_enabled=True, audio_out_enabled=True, serializer=ProtobufFrameSerializer()
        ),
    )
    environ = os.environ
    stt = DeepgramSTTService(api_key=environ["DEEPGRAM_API_KEY"], base_url=environ["DEEPGRAM_URL"])
    llm = OpenAILLMService(
        api_key=environ["OPENAI_API_KEY"],
        base_url=environ["OPENAI_BASE_URL"],
        settings=OpenAILLMService.Settings(system_instruction=prompt(number)),
    )
    tts = CartesiaTTSService(
        api_key=environ["CARTESIA_API_KEY"],
        url=f"{environ['CARTESIA_URL']}/tts/websocket",
        settings=CartesiaTTSService.Settings(voice="6ccbfb76-1fc6-48f7-b71d-91ac6298247b"),
    )
    aggregators = LLMContextAggregatorPair(
        LLMContext(), user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
    )
    processors = [transport.input(), stt, aggregators.user(), llm, tts]
    worker = PipelineWorker(Pipeline([*processors, transport.output(), aggregators.assistant()]))

    async def disconnected(*_: object) -> None:
        await worker.cancel()

    transport.add_event_handler("on_client_disconnected", disconnected)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=options.port,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


if __name__ == "__main__":
    main()
