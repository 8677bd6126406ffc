"""What transformers makes of dialogues: the texts that rows of preference files become, with tools, calls of functions,
reasoning and system messages. Splits prompt and answers as TRL's `apply_chat_template` does.

    python dialogues.py ../data/src/test/resources/org/betatron/data/parity/dialogues.json
"""

import json
import sys
from itertools import takewhile

import transformers
from transformers.utils.chat_template_utils import render_jinja_template

PLAIN = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
# Written for this file, with what published templates do: tools before the first turn, calls as JSON, results as turns of
# the user, contents stripped.
TOOLS = (
    "{% if tools %}{{ '<|tools|>' }}{% for tool in tools %}{{ tool | tojson }}{{ '\\n' }}{% endfor %}{{ '<|end|>\\n' }}{% endif %}"
    "{% for m in messages %}{% if m.role == 'tool' %}{{ '<|user|><result>' + (m.content if m.content is string else m.content | tojson)"
    " + '</result><|end|>\\n' }}"
    "{% else %}{{ '<|' + m.role + '|>' }}{% if m.content %}{{ m.content | trim }}{% endif %}"
    "{% if m.tool_calls %}{% for call in m.tool_calls %}{{ '<call>' }}"
    "{{ '{\"name\": \"' + call.function.name + '\", \"arguments\": ' }}"
    "{% if call.function.arguments is string %}{{ call.function.arguments }}{% else %}{{ call.function.arguments | tojson }}{% endif %}"
    "{{ '}</call>' }}{% endfor %}{% endif %}{{ '<|end|>\\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
# Opens a thought for the answer and leaves thoughts out of turns that are there, as DeepSeek-R1 does.
OPENS_THOUGHT = (
    "{% for m in messages %}{{ '<|' + m.role + '|>' }}{% if '</think>' in m.content %}"
    "{{ m.content.split('</think>')[-1] }}{% else %}{{ m.content }}{% endif %}{{ '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|><think>\\n' }}{% endif %}"
)
# Keeps the thought of the last turn only.
KEEPS_LAST_THOUGHT = (
    "{% for m in messages %}{{ '<|' + m.role + '|>' }}"
    "{% if m.role == 'assistant' and loop.last and m.reasoning_content %}{{ '<think>' + m.reasoning_content + '</think>' }}{% endif %}"
    "{{ m.content }}{{ '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
# Functions and calls are fields of messages, as in OLMo 3.
FIELDS = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + (m.content or '') }}"
    "{% if m.functions %}{{ '<functions>' + m.functions + '</functions>' }}{% endif %}"
    "{% if m.function_calls %}{{ '<function_calls>' + m.function_calls + '</function_calls>' }}{% endif %}"
    "{{ '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
# Reads what a row gives it by name.
KNOBS = (
    "{% for m in messages %}{{ m.role + ': ' + m.content + '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}"
).replace("{% for", "{{ '[' + mode + ']' if mode is defined else '' }}{% for", 1)

CALL = {"type": "function", "function": {"name": "lookup_stock", "arguments": {"item": "blue mug", "limit": 3}}}
TOOL = {
    "type": "function",
    "function": {
        "name": "lookup_stock",
        "description": "How many are left.",
        "parameters": {"type": "object", "properties": {"item": {"type": "string"}}, "required": ["item"]},
    },
}


def user(text):
    return {"role": "user", "content": text}


def assistant(text, **more):
    return {"role": "assistant", "content": text, **more}


ASKED = [user("Is the blue mug in stock?")]
CALLED = [
    *ASKED,
    assistant("", tool_calls=[CALL]),
    {"role": "tool", "name": "lookup_stock", "content": '{"stock": 7, "name": "Grüße"}'},
]
FUNCTIONS = {"role": "system", "content": "Be kind.", "functions": "def lookup_stock(item: str) -> int"}
YES, NO = assistant("Yes, seven are left."), assistant("I cannot know.")

# Name, template, the row as a file has it, what transformers is given for it: messages, chosen, rejected, variables.
CASES = [
    ("system column beside dialogues", PLAIN,
     {"system": "Always reply in French.", "chosen": [user("What is a kettle?"), assistant("Une bouilloire.")],
      "rejected": [user("What is a kettle?"), assistant("A pot.")]},
     [{"role": "system", "content": "Always reply in French."}, user("What is a kettle?")],
     assistant("Une bouilloire."), assistant("A pot."), {}),
    ("system column beside texts", PLAIN,
     {"system": "Be terse.", "prompt": "Name a river.", "chosen": "Rhone.", "rejected": "One river is the Rhone."},
     [{"role": "system", "content": "Be terse."}, user("Name a river.")], assistant("Rhone."),
     assistant("One river is the Rhone."), {}),
    ("system column that the dialogue repeats", PLAIN,
     {"system": "Be terse. ", "prompt": [{"role": "system", "content": "Be terse."}, user("Name a river.")],
      "chosen": "Rhone.", "rejected": "None."},
     [{"role": "system", "content": "Be terse."}, user("Name a river.")], assistant("Rhone."), assistant("None."), {}),
    ("history column", PLAIN,
     {"instruction": "And what does it do?", "input": "", "history": [["What is item 7?", "A kettle."]], "system": "Short.",
      "chosen": "It boils water.", "rejected": "No idea."},
     [{"role": "system", "content": "Short."}, user("What is item 7?"), assistant("A kettle."), user("And what does it do?")],
     assistant("It boils water."), assistant("No idea."), {}),
    ("calls and results", TOOLS, {"prompt": CALLED, "chosen": [YES], "rejected": [NO]}, CALLED, YES, NO, {}),
    ("calls without content", TOOLS,
     {"prompt": [ASKED[0], {"role": "assistant", "content": None, "tool_calls": [CALL]}, CALLED[2]], "chosen": YES, "rejected": NO},
     [ASKED[0], {"role": "assistant", "content": None, "tool_calls": [CALL]}, CALLED[2]], YES, NO, {}),
    ("result that is no text", TOOLS,
     {"prompt": [*CALLED[:2], {"role": "tool", "content": {"stock": 7, "names": ["a", "Grüße"]}}], "chosen": YES, "rejected": NO},
     [*CALLED[:2], {"role": "tool", "content": {"stock": 7, "names": ["a", "Grüße"]}}], YES, NO, {}),
    ("tools as a list", TOOLS, {"tools": [TOOL], "prompt": CALLED, "chosen": [YES], "rejected": [NO]}, CALLED, YES, NO,
     {"tools": [TOOL]}),
    ("tools as JSON text", TOOLS, {"tools": json.dumps([TOOL]), "prompt": ASKED, "chosen": [YES], "rejected": [NO]}, ASKED, YES, NO,
     {"tools": [TOOL]}),
    ("answers that differ in a call", TOOLS,
     {"tools": [TOOL], "prompt": ASKED, "chosen": assistant("", tool_calls=[CALL]),
      "rejected": assistant("", tool_calls=[{"type": "function", "function": {"name": "guess", "arguments": "{\"n\": 1}"}}])},
     ASKED, assistant("", tool_calls=[CALL]),
     assistant("", tool_calls=[{"type": "function", "function": {"name": "guess", "arguments": "{\"n\": 1}"}}]), {"tools": [TOOL]}),
    ("calls and results as turns of their own", TOOLS,
     {"conversations": [{"from": "Human", "value": "Is the blue mug in stock?"},
                        {"from": "function_call", "value": json.dumps(CALL["function"])},
                        {"from": "observation", "value": '{"stock": 7}'}],
      "chosen": {"from": "gpt", "value": "Yes, seven are left."}, "rejected": {"from": "GPT", "value": "I cannot know."}},
     [*CALLED[:2], {"role": "tool", "content": '{"stock": 7}'}], YES, NO, {}),
    ("calls behind what the assistant says", TOOLS,
     {"messages": [{"role": "User", "content": "Is the blue mug in stock?"}, {"role": "assistant", "content": "Let me look."},
                   {"role": "tool_call", "content": json.dumps(CALL["function"])},
                   {"role": "tool_response", "content": "7 are left"}],
      "chosen": "Yes, seven are left.", "rejected": "I cannot know."},
     [ASKED[0], assistant("Let me look.", tool_calls=[CALL]), {"role": "tool", "content": "7 are left"}], YES, NO, {}),
    ("a thought opened for the answer", OPENS_THOUGHT, {"prompt": ASKED, "chosen": [YES], "rejected": [NO]}, ASKED, YES, NO, {}),
    ("a thought opened, an earlier one left out", OPENS_THOUGHT,
     {"prompt": [*ASKED, assistant("<think>Seven.</think>Yes."), user("Since when?")], "chosen": "Since May.", "rejected": "Unknown."},
     [*ASKED, assistant("<think>Seven.</think>Yes."), user("Since when?")], assistant("Since May."), assistant("Unknown."), {}),
    ("reasoning of the answers", KEEPS_LAST_THOUGHT,
     {"prompt": [*ASKED, assistant("Yes.", reasoning_content="There were seven."), user("Since when?")],
      "chosen": assistant("Since May.", reasoning_content="It came in May."),
      "rejected": assistant("Since May.", reasoning_content="It came last week.")},
     [*ASKED, assistant("Yes.", reasoning_content="There were seven."), user("Since when?")],
     assistant("Since May.", reasoning_content="It came in May."), assistant("Since May.", reasoning_content="It came last week."), {}),
    ("settings of the template", KNOBS,
     {"prompt": ASKED, "chosen": [YES], "rejected": [NO], "chat_template_kwargs": {"mode": "brief"}}, ASKED, YES, NO, {"mode": "brief"}),
    ("a prompt beside whole dialogues", PLAIN,
     {"prompt": "Is the blue mug in stock?", "chosen": [*ASKED, YES], "rejected": [*ASKED, NO]}, ASKED, YES, NO, {}),
    ("a prompt that lacks the system message", PLAIN,
     {"prompt": ASKED, "chosen": [{"role": "system", "content": "Be kind."}, *ASKED, YES],
      "rejected": [{"role": "system", "content": "Be kind."}, *ASKED, NO]},
     [{"role": "system", "content": "Be kind."}, *ASKED], YES, NO, {}),
    ("dialogues that lack the system message", PLAIN,
     {"prompt": [{"role": "system", "content": "Be kind."}, *ASKED], "chosen": [*ASKED, YES], "rejected": [*ASKED, NO]},
     [{"role": "system", "content": "Be kind."}, *ASKED], YES, NO, {}),
    ("functions and calls as fields of messages", FIELDS,
     {"chosen": [FUNCTIONS, *ASKED, assistant(None, function_calls="lookup_stock(item='blue mug')")],
      "rejected": [FUNCTIONS, *ASKED, assistant(None, function_calls="guess()")]},
     [FUNCTIONS, *ASKED], assistant(None, function_calls="lookup_stock(item='blue mug')"),
     assistant(None, function_calls="guess()"), {}),
    ("messages in place of an instruction, in parts of OpenAI's Responses", PLAIN,
     {"input": [{"role": "user", "content": [{"type": "input_text", "text": "Is the blue mug in stock?"}]}],
      "system_prompt": "Be terse.", "chosen": "Yes, seven are left.", "rejected": "I cannot know."},
     [{"role": "system", "content": "Be terse."}, *ASKED], YES, NO, {}),
    ("a completion of several messages", TOOLS,
     {"prompt": ASKED, "chosen": [*CALLED[1:], YES], "rejected": [*CALLED[1:], NO]}, CALLED, YES, NO, {}),
]


def written(template, messages, generation, variables):
    rest = dict(variables)
    tools = rest.pop("tools", None)
    rendered, _ = render_jinja_template(
        conversations=[messages], tools=tools, chat_template=template, add_generation_prompt=generation, **rest)
    return rendered[0]


def common(first, second):
    return "".join(a for a, b in takewhile(lambda pair: pair[0] == pair[1], zip(first, second)))


def record(name, template, row, messages, chosen, rejected, variables):
    wholes = [written(template, [*messages, answer], False, variables) for answer in (chosen, rejected)]
    prompt = written(template, messages, True, variables)
    for whole in wholes:
        prompt = common(prompt, whole)
    return {"name": name, "template": template, "row": row, "prompt": prompt,
            "chosen": wholes[0][len(prompt):], "rejected": wholes[1][len(prompt):]}


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        made_by = {"script": "dialogues.py", "transformers": transformers.__version__}
        json.dump({"made_by": made_by, "cases": [record(*case) for case in CASES]}, out, ensure_ascii=False, indent=1)
        out.write("\n")
