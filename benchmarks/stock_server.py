"""A server as pipecat's examples build it: FastAPI, its WebSocket transport, and every default left alone.

That means RTVI, turn tracking and idle observers on; Silero in the user aggregator, a model and a thread for
each call; the default turn strategies, whose stop strategy is Smart Turn, a model for each call. Metrics are
off, as is their default, and the log tells warnings only, as in Vantum's server. Phone calls are served as its
Twilio example does it, with ``TwilioFrameSerializer`` and 8 kHz throughout.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import Frame, OutputTransportMessageUrgentFrame, TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.runner.utils import parse_telephony_websocket
from pipecat.serializers.base_serializer import FrameSerializer
from pipecat.serializers.protobuf import ProtobufFrameSerializer
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.services.cartesia.tts import CartesiaTTSService
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.workers.runner import WorkerRunner

from benchmarks.fakes import GREETING, REAL_CLIENTS, DelayedLLM, DelayedSTT, DelayedTTS
from benchmarks.lag import measure_lag
from benchmarks.wires import PHONE_RATE

READY = {"label": "benchmark", "type": "ready"}
"""Sent through the pipeline once the client is connected, where the examples send their greeting."""
PROMPT = "You are helpful."
VOICE = "6ccbfb76-1fc6-48f7-b71d-91ac6298247b"


def build_app(lag: Path) -> FastAPI:
    """The application: one WebSocket for browsers and one for Twilio, one bot a connection."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        probe = asyncio.create_task(measure_lag(lag), name="lag")
        yield
        probe.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.websocket("/ws")
    async def call(websocket: WebSocket) -> None:
        await websocket.accept()
        ready = OutputTransportMessageUrgentFrame(message=READY)
        await run_bot(websocket, ProtobufFrameSerializer(), PipelineParams(), ready)

    @app.websocket("/media")
    async def phone_call(websocket: WebSocket) -> None:
        await websocket.accept()
        _, facts = await parse_telephony_websocket(websocket)
        # Nobody is there whom it could ask to hang up.
        wish = TwilioFrameSerializer.InputParams(auto_hang_up=False)
        serializer = TwilioFrameSerializer(facts["stream_id"], facts["call_id"], params=wish)
        rates = PipelineParams(audio_in_sample_rate=PHONE_RATE, audio_out_sample_rate=PHONE_RATE)
        await run_bot(websocket, serializer, rates, TTSSpeakFrame(GREETING))

    return app


def services() -> tuple[FrameProcessor, FrameProcessor, FrameProcessor]:
    """The delayed providers, or pipecat's clients of Deepgram, OpenAI and Cartesia."""
    environ = os.environ
    if REAL_CLIENTS not in environ:
        return DelayedSTT(audio_passthrough=True), DelayedLLM(), DelayedTTS()
    return (
        DeepgramSTTService(api_key=environ["DEEPGRAM_API_KEY"], base_url=environ["DEEPGRAM_URL"]),
        OpenAILLMService(api_key=environ["OPENAI_API_KEY"], base_url=environ["OPENAI_BASE_URL"]),
        CartesiaTTSService(
            api_key=environ["CARTESIA_API_KEY"],
            url=f"{environ['CARTESIA_URL']}/tts/websocket",
            settings=CartesiaTTSService.Settings(voice=VOICE),
        ),
    )


async def run_bot(
    websocket: WebSocket, serializer: FrameSerializer, params: PipelineParams, first: Frame
) -> None:
    """One call."""
    transport = FastAPIWebsocketTransport(
        websocket,
        FastAPIWebsocketParams(audio_in_enabled=True, audio_out_enabled=True, serializer=serializer),
    )
    context = LLMContext([{"role": "system", "content": PROMPT}])
    aggregators = LLMContextAggregatorPair(
        context, user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
    )
    stt, llm, tts = services()
    processors = [transport.input(), stt, aggregators.user(), llm, tts]
    worker = PipelineWorker(
        Pipeline([*processors, transport.output(), aggregators.assistant()]), params=params
    )

    async def connected(*_: object) -> None:
        await worker.queue_frame(first)

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
