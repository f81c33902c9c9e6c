"""The exercises of `02_basic_inference`."""

from helpers.checks import REFUSED, STOPPED, Answer, Right, Wrong, exercise

ONE_REQUEST = "the conversation has one turn: append to `messages`, and send them again."
FORGOT = "the last request does not hold your first message: send everything that was said before."
NO_REPLY = "what the model said is missing: append its message before your question."
AS_YOURS = "the reply is in the list as if you had said it: its role is `assistant`."
MADE_UP = "the reply in your list is not what the model said: append the message that came."
NO_QUESTION = "the last message has to be yours: append a question after the reply."
EMPTY = "one of your messages is empty: say something in each."
SAME = "the last message repeats the first: ask a question that the first one answers."

_SEND_AGAIN = """
response = client.chat.completions.create(model=MODEL, messages=messages)
print(response.choices[0].message.content)"""
_APPEND = "messages.append(response.choices[0].message)"
_QUESTION = '{"role": "user", "content": "What is my favourite colour?"}'


@exercise(
    "second-turn",
    correct="the last request holds your first message, the reply to it, and your question.",
    right=[
        Right(edit={"message)\nm": "message.model_dump())\nm"}),
        Right(edit={"message)\nm": "message.to_dict())\nm"}),
        Right(edit={"message)\nm": "message.model_dump(exclude_none=True))\nm"}),
        Right(
            edit={
                _APPEND: "reply = response.choices[0].message.content\n"
                'messages += [{"role": "assistant", "content": reply}]'
            }
        ),
        Right(
            edit={
                f"{_APPEND}\nmessages.append({_QUESTION})": (
                    f"messages = [*messages, response.choices[0].message, {_QUESTION}]"
                )
            }
        ),
        Right(edit={"green.": "green, my name is Ada, and I am 30.", "colour?": "age?"}),
        Right(
            code="""\
said = [{"role": "user", "content": "My cat is called Luna."}]
for question in ("What is my cat called?", "How many letters does that have?"):
    reply = client.chat.completions.create(model=MODEL, messages=said).choices[0].message
    said.extend([reply, {"role": "user", "content": question}])
print(client.chat.completions.create(model=MODEL, messages=said).choices[0].message.content)"""
        ),
        Right(
            code=f"""\
items = [{{"role": "user", "content": "My favourite colour is green."}}]
response = client.responses.create(model=MODEL, input=items)
items += response.output
items.append({_QUESTION})
print(client.responses.create(model=MODEL, input=items).output_text)"""
        ),
    ],
    wrong=[
        Wrong(ONE_REQUEST, edit={f"{_QUESTION}){_SEND_AGAIN}": f"{_QUESTION})"}),
        Wrong(
            FORGOT,
            edit={
                f"{_QUESTION}){_SEND_AGAIN}": f"{_QUESTION})"
                + _SEND_AGAIN.replace("=messages)", "=messages[-1:])")
            },
        ),
        Wrong(NO_REPLY, edit={f"{_APPEND}\n": ""}),
        Wrong(
            AS_YOURS,
            edit={
                _APPEND: 'messages.append({"role": "user", '
                '"content": response.choices[0].message.content})'
            },
        ),
        Wrong(MADE_UP, edit={_APPEND: 'messages.append({"role": "assistant", "content": "ok"})'}),
        Wrong(NO_QUESTION, edit={f"messages.append({_QUESTION})\n": ""}),
        Wrong(EMPTY, edit={"What is my favourite colour?": ""}),
        Wrong(SAME, edit={"What is my favourite colour?": "My favourite colour is green."}),
        Wrong(
            REFUSED, edit={'{"role": "user", "content": "What': '{"role": "me", "content": "What'}
        ),
        Wrong(STOPPED + "AttributeError", edit={"choices[0].message)\nm": "message)\nm"}),
    ],
)
def second_turn(answer: Answer) -> str | None:
    if len(answer.sent) < 2:
        return ONE_REQUEST
    first, said = answer.sent[0].said, answer.sent[-1].said
    replies = [reply.text for reply in answer.received]
    ours = [text for role, text in said if role == "assistant"]
    if first[-1] not in said:
        return FORGOT
    if any(role == "user" and not text.strip() for role, text in said):
        return EMPTY
    if said[-1][0] != "user":
        return NO_QUESTION
    if not ours:
        return AS_YOURS if ("user", replies[0]) in said else NO_REPLY
    if any(text not in replies for text in ours):
        return MADE_UP
    return SAME if said[-1] == first[-1] else None


NO_RULE = "the request has no `system` message: put one into `messages`."
NO_WORDS = "the `system` message is empty: say how the model should answer."
NOT_YOURS = "that is the message from the lesson: write a rule that changes the reply."
SAME_WORDS = "the `system` message repeats the question: say how the model should answer it."
TOO_LATE = "the `system` message has to come before the question."
CHANGED = "the question has changed: leave it as it is, and put the rule into a message of its own."

_RULE = "Answer in one short sentence."
_MESSAGE = f'        {{"role": "system", "content": "{_RULE}"}},\n'


@exercise(
    "system-message",
    correct="your rule goes ahead of the question, and the question has not changed.",
    right=[
        Right(edit={_RULE: "Reply in French."}),
        Right(edit={'"system"': '"developer"'}),
        Right(edit={_RULE: "You are a pirate. Every sentence ends with Arrr!"}),
        Right(
            code="""\
messages = [{"role": "user", "content": "Who are you?"}]
messages.insert(0, {"role": "system", "content": "Use capital letters only."})
response = client.chat.completions.create(model=MODEL, messages=messages)"""
        ),
        Right(
            code="""\
rule = {"role": "system", "content": [{"type": "text", "text": "Answer in one word."}]}
client.chat.completions.create(
    model=MODEL, messages=[rule, {"role": "user", "content": "Who are you?"}], temperature=0
)"""
        ),
        Right(
            code="""\
client.responses.create(model=MODEL, instructions="Be brief.", input="Who are you?")"""
        ),
    ],
    wrong=[
        Wrong(
            NO_RULE,
            edit={_MESSAGE: ""},
        ),
        Wrong(NO_WORDS, edit={_RULE: " "}),
        Wrong(NOT_YOURS, edit={_RULE: "You are a helpful assistant."}),
        Wrong(NOT_YOURS, edit={_RULE: "You are a helpful assistant"}),
        Wrong(SAME_WORDS, edit={_RULE: "Who are you?"}),
        Wrong(
            TOO_LATE,
            edit={
                _MESSAGE: "",
                '"Who are you?"},\n': '"Who are you?"},\n' + _MESSAGE,
            },
        ),
        Wrong(CHANGED, edit={"Who are you?": "Who are you? Answer in one word."}),
        Wrong(NO_RULE, edit={'"system"': '"assistant"'}),
        Wrong(REFUSED, edit={'"system"': '"rule"'}),
    ],
)
def system_message(answer: Answer) -> str | None:
    last = answer.sent[-1]
    said = [("system", last.body["instructions"])] if last.body.get("instructions") else []
    said += last.said
    roles = ["system" if role == "developer" else role for role, _ in said]
    if "system" not in roles:
        return NO_RULE
    rule = said[roles.index("system")][1].strip()
    if not rule:
        return NO_WORDS
    if rule.strip(" .!").casefold() == "you are a helpful assistant":
        return NOT_YOURS
    if roles[0] != "system":
        return TOO_LATE
    if rule == said[-1][1].strip():
        return SAME_WORDS
    return None if said[-1] == ("user", "Who are you?") else CHANGED
