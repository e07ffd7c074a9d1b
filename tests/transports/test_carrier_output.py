"""The output: paced to the ear, one utterance a turn, and the truth about what was heard."""

from __future__ import annotations

import pytest
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    CancelFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    OutputDTMFFrame,
    OutputTransportMessageUrgentFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
)

from tests.transports.output_kit import RATE, Client, answer, ended, play, speech, word
from vantum.core.audio import WEB_AUDIO_BLOCK
from vantum.core.dtmf import tones
from vantum.core.events import (
    ConversationState,
    DigitsSent,
    Stage,
    StageReached,
    StateChanged,
    UtteranceEnded,
    UtteranceStarted,
    WordsSpoken,
)
from vantum.testing import Input


async def test_audio_leaves_at_most_400_ms_ahead_of_playing() -> None:
    client, _ = await play(answer(speech(2.0)))
    times = [at for at, _, _ in client.chunks]
    assert times[:10] == [0.0] * 10
    assert times[10:] == [pytest.approx(0.04 * (k + 1), abs=0.002) for k in range(len(times) - 10)]
    assert sum(samples for _, _, samples in client.chunks) == 2 * RATE
    assert {samples for _, _, samples in client.chunks} == {640}


async def test_a_turn_is_one_utterance_however_many_pieces_it_has() -> None:
    client, run = await play(answer(speech(0.5), speech(0.5), speech(0.3)))
    assert len({utterance for _, utterance, _ in client.chunks}) == 1
    assert [type(event) for _, event in client.events if not isinstance(event, StageReached)] == [
        UtteranceStarted,
        UtteranceEnded,
    ]
    assert client.told(UtteranceEnded)[0][0] == pytest.approx(1.304, abs=0.002)
    assert len(run.of(BotStartedSpeakingFrame)) == len(run.of(BotStoppedSpeakingFrame)) == 2


async def test_two_turns_are_two_utterances() -> None:
    client, _ = await play(
        [*answer(speech(0.2)), (1.0, LLMFullResponseStartFrame()), *answer(speech(0.2))[1:]]
    )
    assert len({utterance for _, utterance, _ in client.chunks}) == 2


async def test_a_line_spoken_outside_an_answer_ends_with_its_speech() -> None:
    client, run = await play([speech(0.2), TTSStoppedFrame(context_id="c")])
    assert [e.interrupted for e in ended(run)] == [False]
    assert client.told(UtteranceEnded)


async def test_the_last_chunk_is_padded_to_a_web_audio_block() -> None:
    client, _ = await play(answer(speech(0.05)))
    assert [samples for _, _, samples in client.chunks] == [640, 256]


async def test_a_late_tts_leaves_a_gap_and_the_clock_goes_on() -> None:
    frames: list[Input] = [
        LLMFullResponseStartFrame(),
        speech(0.4),
        (1.0, speech(0.4)),
        LLMFullResponseEndFrame(),
    ]
    client, _ = await play(frames)
    starts = [at for at, _ in client.played]
    assert starts[9:11] == [pytest.approx(0.36), pytest.approx(1.0)]


async def test_words_are_told_as_they_are_heard() -> None:
    frames = answer(speech(0.4), word("one two"), speech(0.4), word("three four"))
    client, run = await play(frames)
    words = [(at, event.text) for at, event in client.told(WordsSpoken) if isinstance(event, WordsSpoken)]
    assert [text for _, text in words] == ["one", "two", "three", "four"]
    assert [at for at, _ in words] == [pytest.approx(t, abs=0.03) for t in (0.01, 0.2, 0.4, 0.62)]
    assert ended(run)[0].text == "one two three four"


async def test_an_interruption_silences_at_once_and_keeps_the_words_heard() -> None:
    frames: list[Input] = [
        LLMFullResponseStartFrame(),
        speech(2.0),
        word("one two three four"),
        (0.9, InterruptionFrame()),
    ]
    client, run = await play(frames)
    assert max(at for at, _, _ in client.chunks) <= 0.9
    assert client.cuts == [pytest.approx(0.9)]
    assert [(e.text, e.interrupted) for e in ended(run)] == [("one two", True)]
    assert client.told(UtteranceEnded)[0][0] == pytest.approx(0.9)


async def test_the_next_utterance_waits_until_clients_have_cut_the_last() -> None:
    frames: list[Input] = [
        LLMFullResponseStartFrame(),
        speech(2.0),
        (0.5, InterruptionFrame()),
        (0.55, LLMFullResponseStartFrame()),
        speech(0.2, "d"),
    ]
    client, _ = await play(frames)
    first = next(at for at, utterance, _ in client.chunks if utterance != client.chunks[0][1])
    assert first == pytest.approx(0.65)


async def test_an_answer_without_audio_is_reported_and_not_shown() -> None:
    client, run = await play([LLMFullResponseStartFrame(), LLMFullResponseEndFrame()])
    assert ended(run) == [UtteranceEnded("", "", interrupted=False)]
    assert client.events == []


async def test_the_end_of_an_answer_that_was_cut_is_not_reported_again() -> None:
    _, run = await play([LLMFullResponseStartFrame(), InterruptionFrame(), LLMFullResponseEndFrame()])
    assert ended(run) == [UtteranceEnded("", "", interrupted=True)]


async def test_the_end_of_the_call_waits_for_the_last_word() -> None:
    client, run = await play(answer(speech(1.0), word("good bye")), settle=0.0)
    assert [(e.text, e.interrupted) for e in ended(run)] == [("good bye", False)]
    assert client.told(UtteranceEnded)[0][0] == pytest.approx(1.0, abs=0.01)


async def test_stages_are_reached_once_a_turn() -> None:
    client, _ = await play(answer(speech(0.5), speech(0.5)))
    stages = [event.stage for _, event in client.events if isinstance(event, StageReached)]
    assert stages == [Stage.FIRST_AUDIO, Stage.FIRST_BYTE, Stage.HEARD]


async def test_events_of_the_pipeline_are_published_and_other_messages_pass() -> None:
    change = StateChanged(ConversationState.LISTENING, ConversationState.THINKING)
    other = OutputTransportMessageUrgentFrame(message={"my": "own"})
    client, run = await play([OutputTransportMessageUrgentFrame(message=change), other])
    assert [event for _, event in client.events] == [change]
    assert [passed.frame for passed in run.down] == [other]


async def test_audio_at_another_rate_is_an_error_of_the_pipeline() -> None:
    wrong = TTSAudioRawFrame(bytes(320), 8_000, 1)
    _, run = await play([wrong])
    errors = [p.frame for p in run.up if type(p.frame).__name__ == "ErrorFrame"]
    assert "Audio at 8000 Hz came to an output at 16000 Hz" in str(errors[0])


# --- keys that the bot presses --------------------------------------------------------------------------


def press(digits: str) -> Frame:
    return OutputDTMFFrame.from_string(digits)


def sent(client: Client) -> list[tuple[float, str]]:
    return [(at, event.digits) for at, event in client.told(DigitsSent) if isinstance(event, DigitsSent)]


def sounds(client: Client) -> list[tuple[float, float, bytes]]:
    """Each utterance and run of tones: when it began to play, for how long, and its audio."""
    begun: dict[str, float] = {}
    for (_, name, _), (at, _) in zip(client.chunks, client.played, strict=True):
        begun.setdefault(name, at)
    return [(at, len(client.pcm[name]) / 2 / RATE, client.pcm[name]) for name, at in begun.items()]


def silent_end(digits: str) -> bytes:
    """The tones, with silence up to a whole block."""
    pcm = tones(digits, RATE)
    return pcm + bytes(-len(pcm) % (2 * WEB_AUDIO_BLOCK))


async def test_keys_are_pressed_at_once_when_nothing_is_said() -> None:
    client, run = await play([(1.0, press("1#"))])
    assert sent(client) == [(1.0, "1#")]
    [(begin, _, pcm)] = sounds(client)
    assert (begin, pcm) == (1.0, silent_end("1#"))
    # A tone is no turn of the bot's.
    assert client.told(UtteranceStarted) == client.told(UtteranceEnded) == []
    assert run.of(BotStartedSpeakingFrame) == []
    assert run.of(OutputDTMFFrame) == []


async def test_keys_are_pressed_when_the_present_speech_has_been_heard() -> None:
    frames: list[Input] = [*answer(speech(0.8))[:-1], (0.1, press("5")), (0.2, LLMFullResponseEndFrame())]
    client, run = await play(frames)
    (spoken, length, _), (pressed, _, pcm) = sounds(client)
    assert spoken == 0.0
    assert length == pytest.approx(0.8)
    assert pressed == pytest.approx(0.8, abs=0.002)
    assert pcm == silent_end("5")
    assert [end.interrupted for end in ended(run)] == [False]


async def test_keys_wait_for_words_that_are_still_to_come_in_the_answer() -> None:
    frames: list[Input] = [
        LLMFullResponseStartFrame(),
        press("5"),
        (1.0, speech(0.4)),
        (1.1, LLMFullResponseEndFrame()),
    ]
    client, _ = await play(frames)
    assert [begin for begin, _, _ in sounds(client)] == [1.0, pytest.approx(1.4, abs=0.002)]
    assert [digits for _, digits in sent(client)] == ["5"]


async def test_an_answer_of_keys_alone_is_over_at_once_and_they_are_pressed() -> None:
    client, run = await play([LLMFullResponseStartFrame(), press("5"), (1.0, LLMFullResponseEndFrame())])
    assert ended(run) == [UtteranceEnded("", "", interrupted=False)]
    assert sent(client) == [(1.0, "5")]


async def test_keys_one_by_one_are_pressed_in_order_without_a_hole() -> None:
    frames = [*answer(speech(0.4))[:-1], press("1"), press("2"), press("3"), LLMFullResponseEndFrame()]
    client, _ = await play(frames)
    assert [digits for _, digits in sent(client)] == ["123"]
    assert sounds(client)[1][2] == silent_end("123")


async def test_keys_that_come_while_others_sound_follow_them() -> None:
    client, _ = await play([press("1"), (0.1, press("2")), (0.15, press("3"))])
    (first, one), (second, others) = sent(client)
    assert (first, one, others) == (0.0, "1", "23")
    assert second == pytest.approx(len(silent_end("1")) / 2 / RATE, abs=0.002)
    assert [pcm for _, _, pcm in sounds(client)] == [silent_end("1"), silent_end("23")]


async def test_an_interruption_never_cuts_keys() -> None:
    client, run = await play([press("123"), (0.3, InterruptionFrame()), (0.5, InterruptionFrame())])
    [(begin, _, pcm)] = sounds(client)
    assert (begin, pcm) == (0.0, silent_end("123"))
    assert client.cuts == []
    assert [end.interrupted for end in ended(run)] == [True, True]


async def test_an_interruption_of_the_speech_before_them_brings_keys_forward() -> None:
    frames: list[Input] = [
        LLMFullResponseStartFrame(),
        speech(2.0),
        press("9"),
        (0.5, InterruptionFrame()),
    ]
    client, run = await play(frames)
    assert client.cuts == [0.5]
    assert sent(client) == [(0.5, "9")]
    order = [type(event) for _, event in client.events if isinstance(event, (UtteranceEnded, DigitsSent))]
    assert order == [UtteranceEnded, DigitsSent]
    assert sounds(client)[1][2] == silent_end("9")
    assert [end.interrupted for end in ended(run)] == [True]


async def test_an_interruption_before_the_first_word_brings_keys_forward() -> None:
    client, _ = await play([LLMFullResponseStartFrame(), press("9"), (0.5, InterruptionFrame())])
    assert sent(client) == [(0.5, "9")]
    assert sounds(client)[0][2] == silent_end("9")


async def test_speech_waits_until_the_keys_have_sounded() -> None:
    frames: list[Input] = [press("12"), (0.1, LLMFullResponseStartFrame()), *answer(speech(0.4))[1:]]
    client, run = await play(frames)
    (_, length, tone), (spoken, _, _) = sounds(client)
    assert tone == silent_end("12")
    assert spoken == pytest.approx(length, abs=0.002)
    [(started, _)] = client.told(UtteranceStarted)
    assert started == pytest.approx(length, abs=0.002)
    assert [end.interrupted for end in ended(run)] == [False]


async def test_speech_that_is_interrupted_while_keys_sound_is_never_heard() -> None:
    frames: list[Input] = [
        press("12"),
        (0.1, LLMFullResponseStartFrame()),
        speech(1.0),
        word("never"),
        (0.2, InterruptionFrame()),
    ]
    client, run = await play(frames)
    assert [pcm for _, _, pcm in sounds(client)] == [silent_end("12")]
    assert [(end.text, end.interrupted) for end in ended(run)] == [("", True)]
    assert client.cuts == []


async def test_the_end_of_the_call_waits_for_the_keys() -> None:
    client, _ = await play([*answer(speech(0.4)), press("12")], settle=0.0)
    (_, spoken, _), (pressed, _, pcm) = sounds(client)
    assert pressed == pytest.approx(spoken, abs=0.002)
    assert pcm == silent_end("12")


async def test_the_end_of_the_call_presses_keys_of_an_answer_that_was_not_ended() -> None:
    client, _ = await play([LLMFullResponseStartFrame(), press("7")], settle=0.0)
    assert [pcm for _, _, pcm in sounds(client)] == [silent_end("7")]


async def test_a_call_that_is_cancelled_presses_no_more_keys() -> None:
    client, _ = await play([press("123456"), (0.5, press("7")), (0.6, CancelFrame())])
    assert max(at for at, _, _ in client.chunks) <= 0.6
    assert [digits for _, digits in sent(client)] == ["123456"]
