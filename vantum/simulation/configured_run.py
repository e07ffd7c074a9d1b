"""Plays a scenario with the providers of the settings: real audio, in real time, through the real call."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import uvloop
from pipecat.processors.frame_processor import FrameProcessor

from transports.browser.transport import BrowserTransport
from transports.twilio.transport import TwilioTransport
from vantum.check import chain_of
from vantum.live_call import LiveCall, Transport
from vantum.loader import Pipeline, load_pipeline
from vantum.parts import Call
from vantum.record import read_record
from vantum.services import Services, open_services
from vantum.settings import Settings, load_settings
from vantum.simulation.live_caller import LiveCaller
from vantum.simulation.plain_pipeline import plain_pipeline
from vantum.simulation.scenario import Carrier, Scenario
from vantum.simulation.simulated_call import SimulatedCall
from vantum.simulation.spoken import audio_of
from vantum.testing.call_script import context_of, facts_of, limits_of
from vantum.testing.memory_client import MemoryClient
from vantum.testing.memory_phone import MemoryPhone
from vantum.testing.played_call import PlayedCall

CLOSE_SECONDS: Final = 5.0
"""What the call gets to end after its caller has left."""


def play_configured(scenario: Scenario) -> SimulatedCall:
    """Play a scenario with the providers that are set up; raises UsageError for settings that do not do."""
    began = time.monotonic()
    with TemporaryDirectory() as data, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        settings = load_settings(overrides={**scenario.settings, "VANTUM_DATA": data})
        call, caller = runner.run(_played(scenario, settings))
    return SimulatedCall(scenario, call, tuple(caller.heard), time.monotonic() - began)


async def _played(scenario: Scenario, settings: Settings) -> tuple[PlayedCall, LiveCaller]:
    chain: list[FrameProcessor] = []
    pipeline = _pipeline(scenario)

    def build(call: Call) -> list[FrameProcessor]:
        chain[:] = pipeline.build(call)
        return chain

    async with AsyncExitStack() as closing:
        services = await open_services(settings, closing)
        # A pipeline that cannot be built is a mistake of its author, and no call that went wrong.
        chain_of(pipeline, services)
        audio = await audio_of(scenario.steps, services.synthesiser)
        client, transport = _line(scenario, settings)
        caller = LiveCaller(client, scenario.steps, audio)
        facts = facts_of(transport, settings)
        call = LiveCall(transport, Pipeline(pipeline.name, build, pipeline.source), services, facts)
        ended = await _lived(call, caller)
        return _outcome(call, client, chain, services, ended), caller


async def _lived(call: LiveCall, caller: LiveCaller) -> float:
    """Have the call to its end; returns when nothing of it was left."""
    acting = asyncio.create_task(caller.act(), name="caller")
    living = asyncio.create_task(call.run(), name="call")
    await asyncio.wait((acting, living), return_when=asyncio.FIRST_COMPLETED)
    if living.done():
        acting.cancel()
    await asyncio.gather(acting, return_exceptions=True)
    await asyncio.wait_for(living, CLOSE_SECONDS)
    return caller.now


def _outcome(
    call: LiveCall,
    client: MemoryClient | MemoryPhone,
    chain: list[FrameProcessor],
    services: Services,
    ended: float,
) -> PlayedCall:
    services.writer.flush()
    record = read_record(services.settings.data, call.id, services.writer.is_open) or {}
    return PlayedCall(tuple(client.received), client.closed, client.sounds, context_of(chain), record, ended)


def _line(scenario: Scenario, settings: Settings) -> tuple[MemoryClient | MemoryPhone, Transport]:
    limits = limits_of(settings)
    if scenario.carrier is Carrier.PHONE:
        phone = MemoryPhone()
        return phone, TwilioTransport(phone, call_sid=phone.call_sid, limits=limits)
    client = MemoryClient()
    return client, BrowserTransport(client, output_rate=settings.output_rate, limits=limits)


def _pipeline(scenario: Scenario) -> Pipeline:
    if scenario.pipeline:
        return load_pipeline(scenario.pipeline)
    return Pipeline("plain", plain_pipeline(scenario), Path(__file__))
