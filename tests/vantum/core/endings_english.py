"""How English callers end, and where they only take breath: one turn a line, as a recogniser writes it."""

from __future__ import annotations

CLOSED = """
Yes.
yes
Yeah
Yep.
Yes, please.
Yes yes
No.
no
Nope.
No, thanks.
no thank you
No, no.
Thank you.
Thanks a lot.
Okay, thank you. Bye.
Okay.
Sure.
Sure, thank you.
Of course.
Of course not.
Absolutely.
Definitely not.
That's right.
thats right
Yes, that's right.
That's correct.
Yes, that is correct.
That's it.
No, that's all, thanks.
That's fine.
That works for me.
Sounds good.
Not really.
Not at all.
No, not yet.
Not today, thanks.
I'm not interested.
No, I'm not interested.
We're not interested, thank you.
I don't know.
No idea.
I don't think so.
I think so.
Yes, I think so.
Maybe later.
Probably not.
Never mind.
The first one.
Me too.
Goodbye.
Bye bye.
You too. Bye.
Hello?
Hi there.
Good morning.
Stop.
Stop, stop.
Wait.
Come on.
Hold on.
I'm in.
Count me in.
Yes, I do.
yes i am
No, I don't.
No, we haven't.
No, I can't
Yeah, it is.
No, I'm not.
Well, yes.
Um, no.
Oh, okay.
Five.
42
twenty five
Monday.
On Monday.
Next Tuesday.
Tomorrow morning
At three.
at 10:30
5 p.m.
around five o'clock
half past ten
The 5th of May.
January fifth.
two hundred dollars
Noon.
Who is this?
What's it for?
Wrong number.
Sorry?
Who are you?
What is it for?
I hope so.
Take me off your list!
"""

QUESTION = """
Where are you calling from?
Who am I speaking with?
What are you thinking of?
What time is it?
How much does it cost?
Can you call me back tomorrow?
Are you a robot?
Is that so?
Do you have my number?
When can you come in?
What does it depend on?
Who is she?
Can I?
So what company are you with?
Why?
Really?
How do I log in?
What did you say?
Is there anything cheaper?
Can you transfer me to a real person?
What does that mean?
How long will it take?
When will it arrive?
Do you deliver to Boston?
Who gave you my number?
What company is this?
Where is my order?
Is it free?
Can I pay by card?
What are your opening hours?
Is this a scam?
Could you repeat that?
How old is it?
What is included?
Which one is better?
Do I need to sign anything?
What happens if I cancel?
Is that the total?
Are there any fees?
What's your name again?
Does it come with a warranty?
Can you send it to me by email?
What is the next step?
How did you get in?
Is anybody there?
What is it like?
Who should I talk to?
What did you do that for?
Are you still open?
Will you call me or should I?
And what if I don't?
So how much would that be?
Okay, and when is that?
You mean tomorrow at noon or what?
Does that include tax?
Can we do it another day?
Is the doctor in?
Would Tuesday work?
Have you got that?
Where do I sign up?
What's that about?
"""

COMPLETE = """
I would like to book a table for two.
I want to order a pizza.
My name is John Smith.
I need to cancel my appointment.
Please call me back later.
You can reach me on my cell phone.
The weather is nice today.
I already told you that.
I don't want this.
I called her.
Please turn it on.
I'd like to check in.
Can you log me in.
I have to move on.
The lights won't turn on.
I don't want to.
I'd love to.
I'd be happy to.
We don't have to.
I'm not going to.
I told you so.
That was my hope.
My brother said so.
That's what I'm looking for.
I don't know who you are working for.
I don't know what it's for.
Tell me who I'm speaking with.
This is the one you told me about.
It is what it is.
I know where he is.
That's all I have.
That's the company I used to work with, which I was fond of, and that's all.
Neither do I.
And so do I.
My son lives in Boston.
Let me think about it.
I have two kids.
It costs 300 dollars.
I was born in 1990.
It opens at 10:30.
It closes at 5 p.m.
The number is 555 123 4567.
My number is five five five one two three four.
You can write to me@example.com.
It's in the U.S. somewhere.
You must take me off your list!
Don't call here again!
I'm looking for a new car.
We moved in last week.
I want to speak to a human.
She is out of town.
He said, "Stop."
I need a follow-up.
I'm interested in the price.
I think it broke.
We are fine.
It does not work.
The internet is down.
My order has not arrived.
I will be there.
There is a problem with my bill.
I paid twice.
I did not get the email.
I'd like my money back.
The second option is better for us.
Not that I know of.
That's who I am.
I have no idea what this is about.
"""

OPEN = """
My name is
My name is.
My name is...
And I would like.
I would like to
I would like to.
I'd like
I want
I want to.
And I
and I.
And
and.
But
Yes, and
Yes, but.
No, because.
Yes,
No -
I was wondering if
I was wondering if you could
I need
We need to
I'm looking for
I'm looking for.
I'm calling about
I'm calling because
It's about my
It's about my.
I think the
I bought a
I bought an.
This is the best of
The order was delivered to
I live in
I live at
She works for
He comes from.
The problem is
The problem is.
My car is.
The thing I have to tell you is that my
Can you tell me the
Can you tell me if
If
I don't know if
It depends on
It was bigger than
We have been
My wife and I
Either Monday or
The meeting is at
Well, um
So, uh.
So I'm
I'm
I've
It's
It's.
There's
We're
Let's
and then my
one of
kind of
five five five
Five, five, five.
5 5 5
555-12
415 555
My number is four one five
B O B
My last name is S M I
S, M,
The code is 4 2
It is very
I just
I was just
So I can
The reason I'm calling is.
The account is under the name of.
When I called last week they
We were told that we would
He told me to
I was hoping to.
"""

UNSURE = """
I would like to book a table
I want to order a pizza
my name is john smith
i need to cancel my appointment
please call me back later
the weather is nice today
i already told you that
i called her
i don't want this
turn it up
let me think
I am.
I have.
I would.
We were.
I do.
It doesn't.
I can't.
It is.
My wife does.
Please do.
The reason is that.
I don't know when.
I don't know how.
And guess what.
I don't know why.
And then.
It looks like.
maybe on the weekend perhaps
my order has not arrived
the internet is down
are you there
how much does it cost
who are you working with then
can you help me
I paid twice
I did not get the email
it broke
she is out of town
we moved last week
the second option
the blue one please
yesterday at the office
my old phone
his brother
two of them
it stopped working
I tried already
give me a minute
I think it
he said no
she wants that
they called me
I use it every day here
with my daughter
a red car
for my mother
in the kitchen
to the airport
because it rained
if possible
at work
from home
after lunch break
some coffee
your website
"""
