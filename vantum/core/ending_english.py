"""The words that English sentences end in, and those that they do not."""

from __future__ import annotations

import re

from vantum.core.ending_tables import Tables, spoken
from vantum.core.tokens import phrases

_AUXILIARIES = (
    *(
        "am",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "have",
        "has",
        "had",
        "do",
        "does",
        "did",
        "will",
        "would",
    ),
    *("can", "could", "should", "might", "must", "shall", "cannot", "isn't", "aren't", "wasn't", "weren't"),
    *("haven't", "hasn't", "hadn't", "don't", "doesn't", "didn't", "won't", "wouldn't", "can't", "couldn't"),
    "shouldn't",
)
_PRONOUNS = ("i", "you", "he", "she", "it", "we", "they", "that", "this", "there")
# "I am." and "My wife does." are whole answers, or the beginnings of sentences.
_BARE = frozenset((pronoun, verb) for pronoun in _PRONOUNS for verb in _AUXILIARIES) | phrases(
    "do, does, did, don't, doesn't, didn't, can't, won't"
)
ENGLISH = Tables(
    never=phrases(
        "and, or, but, because, 'cause, if, unless, although, whether, than, the, a, an, my, your, our",
        "their, its, I'm, I'll, I've, I'd, we're, we'll, we've, we'd, you're, you'll, you've, they're",
        "they'll, they've, he's, she's, it's, that's, there's, what's, who's, where's, let's, um, umm",
        "uh, uhm, uhh, er, erm, hmm, gonna, wanna, kind of, sort of, a lot of, one of, my name is",
        "my number is, my address is, my email is",
    ),
    seldom=phrases(
        "of, to, for, with, from, at, by, in, on, about, into, onto, as, per, via, between, during",
        "without, within, against, towards, toward, until, till, since, so, which, whose, his, every",
        "very, just, I, we, he, she, they, I mean, I would like, I'd like, we would like, we'd like",
        "would like, I want, we want, I need, we need, I wanna, I was wondering, I was looking",
        "I'm looking, I'm calling, I'm trying, not sure if",
    )
    | {(verb,) for verb in _AUXILIARIES},
    idioms=phrases(
        "come on, hold on, hang on, go on, going on, move on, carry on, log on, sign on, turn it on",
        "turn that on, turn on, later on, from now on, early on, I'm on, it's on, it on, put on",
        "and so on, keep on, try it on, come in, I'm in, me in, log in, logged in, sign in, signed in",
        "check in, checked in, get in, move in, moved in, fill in, fill it in, go in, going in, all in",
        "he's in, she's in, they're in, not in, put in, stop by, come by, close by, stand by, get by",
        "I think so, think so, hope so, guess so, believe so, suppose so, say so, said so, told you so",
        "even so, or so, if so, why so, not so, quite so, want me to, don't want to, do not want to",
        "didn't want to, not going to, don't have to, do not have to, didn't mean to, love to, happy to",
        "glad to, don't need to, not allowed to, used to, nothing to do, to do, up to you, ever since",
        "long since, who it's for, told you about, told me about, asked for, paid for, called for",
        "used to be, could be, might be, should be, would be, may be, will be, need be, to be with",
        "fine with, here I am, here it is, there it is, there you are, here you are, all there is",
        "as it is, so do I, neither do I, nor do I, so am I, neither am I, so have I, so can I, so did I",
        "am I, do I, did I, do we, are we, is he, is she, are they, do they, does she, does he, did they",
        "did he, did she, can I, can we, will they, I was thinking of, heard of, know of, sick of, because of",
        "that's about",
    )
    | _BARE,
    stranding=phrases(
        "what, who, whom, which, where, how, whatever, whoever, whichever, wherever, all, only, anything",
    ),
    vague=phrases("where, who, how, when, what, why, like, then, is that") | _BARE,
    closed=spoken(
        "yes, yeah, yep, yup, yes please, no, nope, nah, no thanks, no thank you, thanks, thank you",
        "thank you very much, thanks a lot, many thanks, please, yes sir, yes ma'am, no sir, no ma'am",
        "of course, of course not, sure, sure thing, absolutely, absolutely not, definitely",
        "definitely not, certainly, certainly not, exactly, correct, right, that's right, that is right",
        "that's correct, that is correct, that's it, that is it, that's all, that is all, that's fine",
        "that's true, that's wrong, that's not right, that works, that works for me, sounds good, fine",
        "good, great, perfect, okay, ok, alright, all right, cool, not really, not at all, not yet",
        "not now, not today, not interested, I'm not interested, I am not interested",
        "we're not interested, no interest, I don't know, I do not know, don't know, no idea",
        "I have no idea, I don't think so, I think so, I guess so, I hope so, maybe, maybe later",
        "perhaps, possibly, probably, probably not, never, never mind, nothing, nobody, none, neither",
        "either, both, either one, the first one, the second one, the last one, this one, that one",
        "me too, same here, goodbye, bye, bye bye, good bye, see you, see you later, talk to you later",
        "have a nice day, have a good day, you too, hello, hi, hi there, hey, good morning",
        "good afternoon, good evening, stop, stop it, wait, go away, go ahead, go on, come on, hold on",
        "hang on, I'm in, count me in, I'm here, I am here, I'm fine, I'm good, I'm busy, I am busy",
        "I'm driving, I understand, I see, got it, understood, no problem, no worries, speaking",
        "this is he, this is she, wrong number, you have the wrong number, repeat please, say that again",
        "call me back, call me later, call back later, take me off your list, don't call me again",
        "do not call me again, stop calling, stop calling me, I can't hear you",
        "as soon as possible, who is this, who's this, who are you, what is it, what's it for",
        "what is it for, excuse me, pardon, sorry, I'm sorry",
    ),
    leading=phrases(
        "well, so, oh, um, uh, hmm, ah, actually, look, listen, and, but, er, erm, honestly",
    ),
    numerals=phrases(
        "zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen",
        "fourteen, fifteen, sixteen, seventeen, eighteen, nineteen, twenty, thirty, forty, fifty, sixty",
        "seventy, eighty, ninety, hundred, thousand, million, half, quarter, noon, midnight, monday",
        "tuesday, wednesday, thursday, friday, saturday, sunday, january, february, march, april, may",
        "june, july, august, september, october, november, december, today, tomorrow, tonight, morning",
        "afternoon, evening, week, month, o'clock, oclock, am, pm, a m, p m, percent, dollars, euros",
        "pounds, cents, minutes, hours, days, weeks, months, years, first, second, third, fourth, fifth",
        "sixth, seventh, eighth, ninth, tenth, next week, next month, weekend",
    ),
    joints=phrases(
        "at, on, in, the, of, past, to, and, a, an, next, this, about, around, maybe, after, before, or",
    ),
    digits=phrases(
        "zero, oh, one, two, three, four, five, six, seven, eight, nine, double",
    ),
    short_answer=re.compile(
        rf"(?:yes|yeah|yep|no|nope|sure|of course) (?:{'|'.join(_PRONOUNS)}) (?:{'|'.join(_AUXILIARIES)})(?: not)?"
        rf"|(?:yes|yeah|no) (?:i'm|we're|it's|they're|that's) not"
    ),
)
