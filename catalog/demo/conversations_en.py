# ruff: noqa: E501 (one line a row of the table, however long)
"""Conversations, policies and FAQ of the English side.

A script: a head line `# intent | needs | end | satisfaction from-to`, then turns. `C` customer,
`B` bot, `A` agent; ` | ` parts wordings of one turn. `!name` after the speaker marks a turn that
is wrong on purpose and how. `needs` says which order it is about (travelling, late, arrived,
cancelled, refunded, waiting: not sent yet, or none) and, after a stroke, what must be true of the
product. Slots in braces are filled from the shop's own rows.
"""

AGENTS = ("Jonas", "Mira", "Tilda", "Ben")

SCRIPTS = """
# order_status | travelling | resolved | 4-5
C: Hi, where is my order {order}? | Hello! Could you tell me where order {order} is? | Any news on {order}? I ordered it on {ordered}. | 你好, where is my order {order}? 谢谢!
B: I can look that up. Which e-mail address did you order with? | Of course. To be sure I am talking to the right person: which e-mail address is on the order?
C: {email}
B: Thank you. Order {order} was placed on {ordered} and is on its way. Parcels take 2 to 6 days. | Thanks, that matches. Your order of {ordered} has left our warehouse and usually arrives within 2 to 6 days.
C: Perfect, thanks! | Great, that is all I wanted to know. | Good, then I will wait. Thank you.

# order_status | arrived | resolved | 3-5
C: My parcel {order} has not come yet. Can you check? | The tracking page is empty for {order}. Is it lost?
B: Let me check. Which e-mail address is on the order, please?
C: {email}
B: Thank you. The carrier reports that {order} was delivered on {delivered}. Could a neighbour have taken it? | Thank you. According to the carrier it was handed over on {delivered}. Sometimes a neighbour or a parcel shop has it.
C: Oh, my neighbour has it indeed. Sorry for the trouble! | Found it, it was behind the door. Thanks. | You are right, the parcel shop has it. Thank you.

# order_status | travelling | unresolved | 1-2
C: Where is {order}? | Status of {order} please. | {order}, where is it?
B!pii_before_identity_check: Order {order} of {name} goes to your address in {country} and the total was {amount}. | The order was placed by {name} on {ordered} for {amount}. It is on its way.
C: I did not even tell you who I am. And when does it arrive?
B!repeated_question: Could you give me your order number, please?
C: I wrote it in my first message... | It is above. This is a waste of time.
B: I am sorry, I did not understand that.

# order_status | arrived | resolved | 2-4
C: Hi there, what is the state of {order}? My e-mail is {email}. | Has {order} been delivered? I am {email}. | Can you check {order} for me? I ordered with {email}.
B!wrong_order_fact: Thank you. Order {order} was delivered on {wrong_date}. | Thanks for the address. It was handed over on {wrong_date}.
C: That cannot be right, it was not here on that day.
A: Hello, {agent} here. You are right, I am sorry: the carrier's record says {delivered}.
C: Ah yes, that fits. Thanks, {agent}.

# order_status | waiting | resolved | 4-5
C: I ordered on {ordered}, number {order}. Has it been sent? | Has {order} left your warehouse yet?
B: Happy to check. Which e-mail address did you use?
C: {email}
B: Thank you. {order} is being packed and has not left yet. You will get a message with the tracking link the moment it does.
C: Fine, thanks. | Okay, no hurry.

# delivery_time | none | resolved | 4-5
C: How long does delivery to {country} take? | If I order today, when would it arrive in {country}?
B: Orders placed before 2 pm on a working day leave the same day. Delivery takes 2 to 6 days. | We send orders on the same working day if they come in before 2 pm; the parcel then travels 2 to 6 days.
C: And what does it cost?
B: Delivery is free from €60. Below that it is €4.90.
C: Thank you! | Good to know, thanks.

# delivery_time | none | unresolved | 1-3
C: I need the {product} by Friday for a birthday. Will it arrive? | Would the {product} be here before the weekend? It is a present.
B!forbidden_promise: Yes, we guarantee that it will be with you by Friday. | Certainly, it will arrive by Friday, guaranteed.
C: Are you sure? The last one took a week.
B!unanswered_question: You can find our whole range in the shop. Is there anything else?
C: You did not answer my question. | Never mind.

# delivery_time | late | handed_off | 3-5
C: {order} should have been here yesterday. We leave on holiday tomorrow! | My order {order} is late and tomorrow nobody will be at home.
B: I am sorry about that. May I have the e-mail address of the order?
C: {email}. Can I please talk to a person?
B: Of course. I am passing you to a colleague.
A: Hello {name}, this is {agent}. I have asked the carrier to leave {order} at the parcel shop near you until you are back. Would that help?
C: That would be great, thank you so much. | Yes! You saved my week.

# refund | arrived | resolved | 4-5
C: I would like to return the {product} from order {order}. How do I get my money back? | The {product} does not suit me. I want a refund for {order}.
B: You can return it within 30 days, unused. Which e-mail address is on the order?
C: {email}
B: Thank you. I have sent a return label to that address. Once the parcel is back with us, the refund takes up to 5 working days.
C: Is the return free?
B: Yes, returns are free of charge.
C: Great, thanks. | Lovely, thank you.

# refund | refunded | resolved | 4-5
C: I sent {order} back. Has the refund been made? | When will I get the money for {order}?
B: Let me see. Which e-mail address did you order with?
C: {email}
B: Thank you. {amount} was refunded for order {order}. Depending on your bank it can take a few days to appear.
C: I can see it now. Thank you. | All right, I will keep an eye on it. Thanks.

# refund | refunded | unresolved | 1-2
C: Where is my refund for {order}? My e-mail is {email}. | I am still waiting for the money for {order} ({email}).
B!wrong_order_fact: A refund of {wrong_amount} was made for order {order}. | We have refunded {wrong_amount}.
C: I paid {amount}, not {wrong_amount}!
B!repeated_question: Which e-mail address did you order with?
C: This is ridiculous. I have told you already. | I give up. I will ask my bank.

# refund | refunded/fragile | handed_off | 2-4
C: The {product} arrived broken and I want my money back. Order {order}. | {order}: the {product} came in pieces. Refund please.
B: I am very sorry. Could you tell me the e-mail address of the order and send a photo?
C: {email}, photo attached.
B: Thank you. A refund for a damaged product is decided by a colleague, I am passing you on.
A: Hi {name}, {agent} speaking. I have seen the photo and approved the refund. You do not need to send anything back.
C: Thank you {agent}, that was quick. | Thanks. I would still have preferred it whole.

# refund | arrived | unresolved | 1-2
C: I want to return the {product}. Order {order}. | The {product} from {order} goes back. How does that work?
B!policy_step_missing: Done. I have refunded {amount} to your card. | No problem, {amount} is on its way back to you.
C: Without sending it back? And why is there nothing on my account?
B!unanswered_question: Is there anything else I can help you with?
C: Yes, my question! | No. You are useless.

# exchange | arrived/sized | resolved | 4-5
C: The {product} from {order} is too small. Can I change it for a larger one? | Can I swap the {product} for another size? Order {order}.
B: Yes, an exchange is free within 30 days. Which e-mail address is on the order?
C: {email}
B: Thank you. I have reserved the larger size and sent you a return label. The new one leaves as soon as the carrier scans your parcel.
C: Wonderful. | That is easier than I thought. Thanks!

# exchange | arrived/coloured | handed_off | 3-5
C: I received the wrong colour. Order {order}, {product}. | You sent me the wrong colour of the {product} ({order}).
B: I am sorry about the mix-up. May I have the e-mail address of the order?
C: {email}
B: Thank you. I am handing this to a colleague who can check the warehouse.
A: Hello, {agent} here. The right colour is in stock and leaves today. Keep the other one until the label arrives, please.
C: Thanks for sorting it out. | Great service, thank you.

# exchange | arrived | unresolved | 2-3
C: Can I exchange the {product} for the {other}? I ordered it as {order}. | Instead of the {product} from {order} I would rather have the {other}. Is that possible?
B: An exchange is possible for another size or colour of the same product.
C: So not for the {other}?
B!unanswered_question: Exchanges are free within 30 days.
C: That does not answer it. | Okay... I will just return it then.

# product_question | none | resolved | 4-5
C: What can you tell me about the {product}? I want to know its {label}. | Quick question about the {product}: what is its {label}?
B: The {label} of the {product} is {value}. | {label_start}: {value}.
C: Thanks, that helps. | Exactly what I wanted to know.

# product_question | none/in_stock | resolved | 4-5
C: Hello, is the {product} in stock? | Do you still have the {product}?
B: Yes, the {product} is in stock and costs {price}. | It is available at {price}.
C: Great. And what is its {label}?
B: {label_start}: {value}.
C: Thank you, I will order it. | Perfect, thanks.

# product_question | none | unresolved | 1-3
C: How much is the {product}? | What does the {product} cost?
B!wrong_product_fact: The {product} costs {wrong_price}. | It is {wrong_price}.
C: The page says {price}. Which is right?
B!unanswered_question: All prices include VAT.
C: That is not what I asked.

# product_question | none | handed_off | 3-5
C: Would the {product} go well with the {other}? I am not sure. | I cannot decide between the {product} and the {other}. What do you think?
B: I can only tell you what is stated for each product. Would you like to ask a colleague?
C: Yes please. | A real person would be nice.
A: Hi, {agent} here. I like both. For the {product} we state {label}: {value}, if that helps you decide.
C: It does. Thanks, {agent}!

# product_question | none/edible | resolved | 3-5
C: Does the {product} contain anything I could be allergic to? | Is there anything in the {product} that people with allergies should know?
B: The seller does not state that for the {product}. I have asked my colleagues to add it.
C: Alright, thank you for being honest. | OK, please let me know.
A: Hello, {agent} here. We have asked the maker and will write to you as soon as we know.

# complaint | arrived/durable | handed_off | 2-4
C: I am really disappointed. The {product} stopped working after a week. Order {order}. | The {product} from {order} is already falling apart. Not what I expect for {amount}.
B: I am sorry to hear that. Shall I connect you with a colleague?
C: Yes.
A: Hello {name}, {agent} here. I am sorry. May I have your e-mail address so that I can open the order?
C: {email}
A: Thank you. It is covered. I am sending you a new one today, and you need not return the old one.
C: Thank you, I appreciate that. | That is fair. Thanks.

# complaint | arrived | unresolved | 1-1
C: Second time the parcel arrives open. Order {order}. What are you going to do? | {order} arrived with a torn box, again. What now?
B!slow_first_response: We are sorry for the inconvenience.
C: That took half an hour! And it is not an answer. I want to talk to a human.
B!handoff_ignored: I understand. Could you describe the problem once more? | I am here to help. What is the problem?
C!sentiment_fall: No. I want a HUMAN. This is the worst shop I know. | A human, now, or you will hear from my lawyer.
B!handoff_ignored: Thank you for your feedback.

# complaint | arrived/several | resolved | 3-4
C: One of two things was missing in {order}. | My parcel {order} came incomplete.
B: I am sorry. Which e-mail address is on the order, please?
C: {email}
B: Thank you. The rest travels in a second parcel, it left a day later. You should have it soon.
C: Ah, nobody told me. Thanks. | All right. A note would have been nice.

# invoice | arrived | resolved | 4-5
C: I need an invoice for order {order}. | Could you send me the invoice for {order}? It is for my company.
B: Certainly. Which e-mail address is on the order?
C: {email}
B: Thank you. The invoice for {order} over {amount} is in your inbox. | Done: the invoice over {amount} has been sent to that address.
C: Got it, thank you. | It has arrived. Thanks!

# invoice | arrived | handed_off | 3-5
C: The invoice of {order} needs our VAT number on it. Can you change that? | Our company name is missing on the invoice for {order}.
B: A change to an invoice is made by our accounts team. May I pass you on?
C: Sure.
A: Hi, this is {agent}. Please give me the e-mail address and the VAT number, and I will issue it again.
C: {email}, the number is on the way by mail.
A: Thank you, the corrected invoice will be with you today.

# invoice | arrived | unresolved | 2-3
C: Please send the invoice for {order} to {email}. | I never got an invoice for {order}. My address is {email}.
B!wrong_order_fact: The invoice over {wrong_amount} has been sent. | I have sent you the invoice over {wrong_amount}.
C: My order was {amount}. Whose invoice did you send?
B: I am sorry, I cannot help with that.

# cancel | cancelled | resolved | 4-5
C: I would like to cancel {order}, I ordered it by mistake. | Please cancel order {order}.
B: It has not left yet, so that is possible. Which e-mail address is on the order?
C: {email}
B: Thank you. {order} is cancelled and {amount} goes back to your card within 5 working days.
C: Thanks for the quick help. | Phew, thanks.

# cancel | cancelled | resolved | 4-5
C: Did my cancellation of {order} go through? E-mail: {email} | I cancelled {order} yesterday, has that worked? ({email})
B: Yes, order {order} of {ordered} is cancelled. Nothing will be charged. | It did: {order} is cancelled and nothing will be charged.
C: Thank you. | Perfect.

# cancel | travelling | unresolved | 1-3
C: Cancel {order} please, I found it cheaper. My address is {email}. | I do not need {order} any more, please cancel it. {email}
B!wrong_order_fact: Done, order {order} is cancelled. | Your order {order} has been cancelled.
C: Then why did I just get a message that it has been shipped?
B: It seems the parcel is already on its way. You can refuse it or send it back free of charge.
C: So it was not cancelled. Why did you say it was? | Then do not tell me it was cancelled.

# cancel | travelling | handed_off | 3-4
C: Is it too late to cancel {order}? | Can {order} still be stopped?
B: Let me check. Which e-mail address did you use?
C: {email}
B: The parcel has left already. A colleague can try to stop it. One moment.
A: Hello {name}, {agent} here. I have asked the carrier to turn it around. If it reaches you anyway, simply refuse it.
C: Okay, thank you for trying. | That will do, thanks.

# account | none | resolved | 4-5
C: How do I change my delivery address? | I moved. Where can I change my address?
B: You will find it in your account under Addresses. Orders that have already left cannot be changed.
C: Found it, thanks. | Thank you.

# account | none | resolved | 4-5
C: Please take me off your newsletter. | How do I stop the newsletter?
B: There is a link at the end of every newsletter. Shall I do it for you?
C: Yes please: {email}
B: Done, you will not receive it any more.
C: Thanks.

# payment | none | resolved | 4-5
C: Can I pay by invoice? | Which ways to pay do you have?
B: You can pay by card, by bank transfer or on delivery in {country}. Companies may pay by invoice.
C: Good, thank you. | Card it is. Thanks!
"""

SMALL_TALK = ("Hello!", "Hi there!", "Hey!", "Hello there.", "", "")
ALREADY_GREETS = ("Hi", "Hello", "Hey", "你好")

POLICIES = {
    "identity": [
        "Before anything about an order is told, the customer has given the order number and the "
        "e-mail address of that order.",
        "Never read an address or a full name to somebody who has not been identified.",
    ],
    "refund": [
        "A refund is possible within 30 days of delivery if the product is unused.",
        "Ask for the order number and the e-mail address before you speak of a refund.",
        "Only a person may approve a refund for a damaged product, after seeing a photo.",
        "The money is paid back within 5 working days after the parcel has come back.",
    ],
    "exchange": ["An exchange for another size or colour is free within 30 days of delivery."],
    "delivery": [
        "Delivery takes 2 to 6 days. Never promise or guarantee a delivery date.",
        "Delivery is free from €60; below that it costs €4.90.",
    ],
    "cancel": [
        "An order can be cancelled until it has left the warehouse. After that, offer a return."
    ],
    "handoff": [
        "When a customer asks for a person, hand over at once and do not ask why.",
        "Hand over after two answers that did not help, and whenever a lawyer is mentioned.",
    ],
    "tone": ["Answer the first message within 5 minutes during opening hours."],
    "products": [
        "Say only what is stated for a product. If it is not stated, say so and ask the team."
    ],
    "invoice": ["Only the accounts team changes an invoice that was already issued."],
}

FAQ = [
    ("How long does delivery take?", "Orders placed before 2 pm on a working day leave the same day. Delivery takes 2 to 6 days."),
    ("What does delivery cost?", "Delivery is free from €60. Below that it costs €4.90."),
    ("Where do you deliver?", "To Germany, France, the Netherlands, Ireland, Sweden and Austria."),
    ("How can I follow my parcel?", "You get a message with a tracking link when your parcel leaves our warehouse."),
    ("Can I return something?", "Yes, within 30 days of delivery, if it is unused. Returns are free of charge."),
    ("When do I get my money back?", "Within 5 working days after your parcel has come back to us. Your bank may need a few more days."),
    ("Can I exchange a product?", "For another size or colour of the same product, free of charge, within 30 days."),
    ("What if something arrives damaged?", "Send us a photo with your order number. A colleague decides about a refund or a new one, usually on the same day."),
    ("Can I cancel my order?", "Yes, until it has left our warehouse. After that you can refuse the parcel or send it back free of charge."),
    ("How can I pay?", "By card, by bank transfer or on delivery. Companies may also pay by invoice."),
    ("Where do I find my invoice?", "It comes by e-mail with the message that your order has left. We can send it again at any time."),
    ("Can you add a VAT number to an invoice?", "Yes. Our accounts team issues it again; please write to us with the order number."),
    ("How do I change my address?", "In your account under Addresses. For an order that has not left yet, please write to us."),
    ("How do I leave the newsletter?", "With the link at the end of every newsletter, or by writing to us."),
    ("How do I find my size?", "Each garment lists its sizes. If you are between two, take the larger one; an exchange is free."),
    ("How should I store tea?", "In a cool, dry place, closed and away from light. The best-before time is stated for each tea."),
    ("Do you wrap gifts?", "Yes. Choose gift wrapping in the basket; it costs €3.50 for each parcel."),
    ("Can I speak to a person?", "Yes. Ask for a colleague at any time; from Monday to Friday, 9 am to 6 pm, somebody answers at once."),
]  # fmt: skip
