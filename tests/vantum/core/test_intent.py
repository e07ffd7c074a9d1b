from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.intent import hard_intent
from vantum.core.intent_table import Intent
from vantum.core.words import plain

MEANT = {
    Intent.DO_NOT_CALL: [
        "please take me off your list",
        "please take me off you list",
        "take me of your list",
        "can I be taken off this list",
        "do not call",
        "do not call me again",
        "Don't ever call me",
        "never call this number again",
        "don't call me ever again before noon",
        "please don't call here anymore",
        "I don't want you to call me",
        "I do not want to be called",
        "I don't want any more calls",
        "stop calling me",
        "remove my number",
        "put me on the do not call list",
        "leave me alone",
        "unsubscribe",
        "I am interested but take me off your list",
    ],
    Intent.HUMAN: [
        "can I speak to a human",
        "let me talk to a real person",
        "I'd rather talk to your manager",
        "give me a human please",
        "I don't want to talk to a robot",
        "I want to speak with someone else",
        "transfer me",
        "human please",
        "I am not interested in talking to you, give me a person",
    ],
    Intent.NOT_INTERESTED: [
        "I am not interested",
        "I'm not really interested",
        "no thanks",
        "no thank you i am not interested",
        "not interested",
        "I don't need this",
        "we are all set",
        "I don't want to talk to anybody",
        "I am busy and not interested",
    ],
    Intent.BUSY: [
        "sorry i am busy can you call me back on thursday",
        "I have no time",
        "not a good time",
        "I'm driving",
        "I do not have time",
        "later",
        "I have to go",
        "call me tomorrow",
        "do not call me before noon",
        "don't call me on Monday",
        "can you call me on Monday",
        "call me at ten",
        "please don't call me now",
        "It's not that I'm not interested, I'm just busy",
    ],
    Intent.ROBOT: [
        "wait are you a robot",
        "well are you a robot",
        "are you human",
        "are you a real person",
        "are you an AI",
        "am I talking to a person",
        "am i speaking with a machine",
        "is this a recording",
        "you sound like a robot",
    ],
    Intent.WHO: [
        "who is this and where did you get to my number",
        "who's calling",
        "who are you",
        "where did you get my number",
        "what is this about",
        "what company are you calling from",
        "why are you calling",
    ],
    Intent.PRICE: [
        "yes i am interested tell me more about the price",
        "how much is it",
        "what does it cost",
        "is it expensive",
    ],
    Intent.INFO: ["tell me more", "how does it work", "what do you do exactly", "send me an email"],
    Intent.BYE: ["bye", "goodbye", "bye bye", "by by", "have a nice day", "okay bye"],
    Intent.STOP: ["stop", "stop it please stop it", "stop please stop", "please stop talking", "no stop"],
    Intent.ACK: [
        "m h amp",
        "mhm",
        "okay",
        "OK",
        "uh huh",
        "alright",
        "right",
        "okay fine",
        "I see",
        "okay thank you",
    ],
    Intent.NO: [
        "no",
        "nope",
        "not really",
        "no we don't",
        "we do not",
        "that is wrong",
        "no that is not right",
        "of course not",
        "never",
        "okay no",
        "we never call customers",
        "I don't want a person",
    ],
    Intent.YES: [
        "yes",
        "yeah sure",
        "of course",
        "okay yes",
        "yes please",
        "yes that's right",
        "not a bad idea",
        "why not",
        "no problem",
        "I don't mind, sure",
        "I don't want you to stop",
        "don't stop calling, yes",
        "I'm not busy, sure",
        "it's not expensive, sounds good",
        "I am interested",
        "interested",
        "go ahead",
        "sounds good",
        "yes we do",
        "I do",
        "that works",
    ],
}
UNSURE = [
    "",
    "what",
    "maybe",
    "I think so",
    "I guess so",
    "yes no",
    "yes but not on Thursday",
    "yes if it is short",
    "we use a calendar",
    "you have the wrong number",
    "you did not call me",
    "we do not call them",
    "we should stop calling them",
    "I would not call that cheap",
    "my assistant calls them back",
    "we call them back the day before",
    "how much time do you need",
    "I do not know what you mean",
    "and while my fellow america and not like your hundred and over you and what you can you be on the ivory",
    "he might even have been made amiable himself",
    "what is the weather in paris",
    "hello my name is john would like to check the status of my order please",
    "homeless to be rather cold hearted and rather selfish is to the oldest those",
]


@pytest.mark.parametrize(
    ("said", "intent"), [(said, intent) for intent, lines in MEANT.items() for said in lines]
)
def test_what_is_meant(said: str, intent: Intent) -> None:
    assert hard_intent(plain(said)) is intent


@pytest.mark.parametrize("said", UNSURE)
def test_no_pattern_is_sure(said: str) -> None:
    assert hard_intent(plain(said)) is None


@given(st.sampled_from([said for lines in MEANT.values() for said in lines] + UNSURE))
def test_a_wish_to_be_left_alone_outranks_everything(said: str) -> None:
    assert hard_intent(plain(f"{said} take me off your list")) is Intent.DO_NOT_CALL


@given(st.text())
def test_any_text_is_understood_or_not(text: str) -> None:
    assert hard_intent(plain(text)) in {*Intent, None}


@given(
    st.sampled_from(MEANT[Intent.YES]), st.sampled_from(["maybe", "perhaps", "I guess", "but", "if", "not"])
)
def test_a_yes_that_is_taken_back_is_no_yes(said: str, doubt: str) -> None:
    assert hard_intent(plain(f"{said} {doubt}")) is not Intent.YES
