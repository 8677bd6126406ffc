"""Renders chat templates with transformers' own environment, to compare Betatron with.

    python templates.py DIRECTORY EXPECTED.json

DIRECTORY holds templates as *.jinja. Each is rendered for the dialogues below, with and without a generation prompt;
what Jinja2 refuses is recorded as null. `TemplateCorpus` of the benchmarks renders the same and prints the table.
"""

import json
import pathlib
import sys

import jinja2
import transformers
from transformers.utils.chat_template_utils import _compile_jinja_template

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Weather of a city, \"now\" & then <b>",
            "parameters": {
                "type": "object",
                "properties": {
                    "city": {"type": "string", "description": "Name of the city"},
                    "days": {"type": "integer", "enum": [1, 2, 7], "default": 1},
                    "exact": {"type": ["boolean", "null"]},
                    "places": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["city"],
            },
            "return": {"type": "object", "description": "degrees"},
        },
    },
    {"type": "function", "function": {"name": "noop", "description": "", "parameters": {"type": "object", "properties": {}}}},
]


def call(arguments, identifier="call00001"):
    return {"id": identifier, "type": "function", "function": {"name": "get_weather", "arguments": arguments}}


QUESTION = {"role": "user", "content": "What is the weather in Zürich?"}
DIALOGUES = {
    "plain": {"messages": [{"role": "user", "content": "Hello"}]},
    "answered": {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": " Hi there. "}]},
    "system": {"messages": [{"role": "system", "content": "Be brief.\n"}, {"role": "user", "content": "Why?"}]},
    "many turns": {
        "messages": [
            {"role": "system", "content": "You know much."},
            {"role": "user", "content": "One"},
            {"role": "assistant", "content": "Two"},
            {"role": "user", "content": "Three"},
            {"role": "assistant", "content": "Four"},
            {"role": "user", "content": "Five"},
        ]
    },
    "tools": {"messages": [{"role": "system", "content": "Use tools."}, QUESTION], "tools": TOOLS},
    "tools, no system": {"messages": [QUESTION], "tools": TOOLS},
    "tool call": {
        "messages": [QUESTION, {"role": "assistant", "content": "", "tool_calls": [call({"city": "Zürich", "days": 2})]}],
        "tools": TOOLS,
    },
    "tool result": {
        "messages": [
            QUESTION,
            {"role": "assistant", "content": None, "tool_calls": [call({"city": "Zürich", "exact": None, "places": ["a", "b"]})]},
            {"role": "tool", "name": "get_weather", "tool_call_id": "call00001", "content": "{\"degrees\": 21.5}"},
            {"role": "assistant", "content": "It is 21.5 degrees."},
            {"role": "user", "content": "And tomorrow?"},
        ],
        "tools": TOOLS,
    },
    "two calls": {
        "messages": [
            QUESTION,
            {
                "role": "assistant",
                "content": "I look.",
                "tool_calls": [call({"city": "Bern"}), call("{\"city\": \"Genf\"}", "call00002")],
            },
            {"role": "tool", "name": "get_weather", "tool_call_id": "call00001", "content": "1"},
            {"role": "tool", "name": "get_weather", "tool_call_id": "call00002", "content": {"degrees": 2}},
        ],
        "tools": TOOLS,
    },
    "reasoning": {
        "messages": [
            {"role": "user", "content": "2+2?"},
            {"role": "assistant", "reasoning_content": "Two and two.\n", "content": "4"},
            {"role": "user", "content": "3+3?"},
            {"role": "assistant", "reasoning_content": "Three\nand three.", "content": "6"},
        ]
    },
    "written reasoning": {
        "messages": [
            {"role": "user", "content": "2+2?"},
            {"role": "assistant", "content": "<think>\nTwo and two.\n</think>\n\n4"},
            {"role": "user", "content": "3+3?"},
        ],
        "enable_thinking": False,
    },
    "parts": {
        "messages": [
            {"role": "system", "content": [{"type": "text", "text": "Look."}]},
            {"role": "user", "content": [{"type": "text", "text": "First"}, {"type": "text", "text": " second"}]},
            {"role": "assistant", "content": [{"type": "text", "text": "Done"}]},
        ]
    },
    "image": {"messages": [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What is it?"}]}]},
    "empty": {"messages": [{"role": "user", "content": ""}, {"role": "assistant", "content": ""}]},
    "unicode": {
        "messages": [
            {"role": "user", "content": "\u00a0naïve 😀 \u2028 {{ x }} {% y %} <|im_end|> \t"},
            {"role": "assistant", "content": "\n\n日本語\r\n  "},
        ]
    },
    "no messages": {"messages": []},
    "other role": {"messages": [{"role": "developer", "content": "Be kind."}, {"role": "user", "content": "Hi"}]},
    "two users": {"messages": [{"role": "user", "content": "A"}, {"role": "user", "content": "B"}]},
    "documents": {
        "messages": [QUESTION],
        "documents": [{"title": "Cities", "text": "Zürich is one."}, {"title": "More", "text": "Bern too."}],
    },
}
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}


def variables(name, generation):
    dialogue = DIALOGUES[name]
    return {"tools": None, "documents": None, **SPECIAL, **dialogue, "add_generation_prompt": generation}


def render(source, values):
    try:
        return _compile_jinja_template(source).render(**json.loads(json.dumps(values)))
    except Exception:
        return None


def main():
    directory, out = pathlib.Path(sys.argv[1]), sys.argv[2]
    renderings = []
    for path in sorted(directory.glob("*.jinja")):
        with open(path, encoding="utf-8", newline="") as file:
            source = file.read()
        for name in DIALOGUES:
            for generation in (False, True):
                expected = render(source, variables(name, generation))
                renderings.append(
                    {"template": path.name, "dialogue": name, "generation": generation, "expected": expected}
                )
    cases = {
        f"{name}, {generation}": variables(name, generation) for name in DIALOGUES for generation in (False, True)
    }
    versions = f"templates.py, transformers {transformers.__version__}, jinja2 {jinja2.__version__}"
    with open(out, "w", encoding="utf-8") as file:
        json.dump({"made_by": versions, "variables": cases, "renderings": renderings}, file)
    rendered = sum(r["expected"] is not None for r in renderings)
    print(len(renderings), "renderings,", rendered, "rendered,", len(renderings) - rendered, "refused by Jinja2")


if __name__ == "__main__":
    main()
