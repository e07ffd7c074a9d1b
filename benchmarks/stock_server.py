"""A server as pipecat's examples build it: FastAPI, its WebSocket transport, and every default left alone.

That means RTVI, turn tracking and idle observers on; Silero in the user aggregator, a model and a thread for
each call; the default turn strategies, whose stop strategy is Smart Turn, a model for each call. Metrics are
off, as is their default, and the log tells warnings only, as in Vantum's server.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import OutputTransportMessageUrgentFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.serializers.protobuf import ProtobufFrameSerializer
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.workers.runner import WorkerRunner

from benchmarks.fakes import DelayedLLM, DelayedSTT, DelayedTTS
from benchmarks.lag import measure_lag

READY = {"label": "benchmark", "type": "ready"}
"""Sent through the pipeline once the client is connected, where the examples send their greeting."""


def build_app(lag: Path) -> FastAPI:
    """The application: one WebSocket, one bot a connection."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        probe = asyncio.create_task(measure_lag(lag), name="lag")
        yield
        probe.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.websocket("/ws")
    async def call(websocket: WebSocket) -> None:
        await websocket.accept()
        await run_bot(websocket)

    return app


async def run_bot(websocket: WebSocket) -> None:
    """One call."""
    transport = FastAPIWebsocketTransport(
        websocket,
        FastAPIWebsocketParams(
            audio_in_enabled=True, audio_out_enabled=True, serializer=ProtobufFrameSerializer()
        ),
    )
    context = LLMContext([{"role": "system", "content": "You are helpful."}])
    aggregators = LLMContextAggregatorPair(
        context, user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
    )
    pipeline = Pipeline(
        [
            transport.input(),
            DelayedSTT(audio_passthrough=True),
            aggregators.user(),
            DelayedLLM(),
            DelayedTTS(),
            transport.output(),
            aggregators.assistant(),
        ]
    )
    worker = PipelineWorker(pipeline)

    async def connected(*_: object) -> None:
        await worker.queue_frame(OutputTransportMessageUrgentFrame(message=READY))

    async def disconnected(*_: object) -> None:
        await worker.cancel()

    transport.add_event_handler("on_client_connected", connected)
    transport.add_event_handler("on_client_disconnected", disconnected)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--lag", type=Path, required=True, help="file for the lag of the event loop")
    options = parser.parse_args()
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    uvicorn.run(build_app(options.lag), host="127.0.0.1", port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
