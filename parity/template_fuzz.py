"""Writes random templates and what Jinja2 makes of them, in the form of template_constructs.py.

    python template_fuzz.py SEED COUNT OUT.json

Templates are drawn from a grammar of expressions, filters, tests, methods and statements; `TemplateCorpus OUT.json`
of the benchmarks renders the same.
"""

import json
import random
import sys

from template_constructs import VARIABLES, made_by, record

NAMES = [n for n in VARIABLES if n not in ("big",)] + ["missing"]
LITERALS = ["0", "1", "-3", "2.5", "7", "''", "'a'", "'Hello, World'", "' x '", "true", "false", "none", "[]", "[1, 2, 3]",
            "['b', 'a']", "{}", "{'a': 1, 'b': [2]}", "(1, 'a')", "'é😀'", "'1'", "'a\\nb'", "range(4)"]
OPERATORS = ["+", "-", "*", "/", "//", "%", "~", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or"]
TESTS = ["defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "mapping", "sequence", "iterable",
         "callable", "odd", "even", "lower", "upper", "true", "false", "in [1, 'a']", "eq 1", "divisibleby 2", "sameas none", "gt 1"]
FILTERS = ["abs", "capitalize", "center(8)", "count", "default('d')", "d('d', true)", "dictsort", "e", "first", "float", "indent(2)", "int", "items",
           "join", "join('-')", "last", "length", "list", "lower", "map('upper')", "map(attribute='role')", "max", "min", "reject('odd')", "replace('a', 'b')",
           "reverse", "round", "round(1)", "select", "select('string')", "selectattr('role')", "selectattr('role', 'equalto', 'user')", "rejectattr('on')",
           "sort", "sort(reverse=true)", "string", "sum", "title", "tojson", "tojson(indent=2)", "trim", "truncate(6)", "unique", "upper", "wordcount",
           "batch(2)", "slice(2)", "map('string')", "list", "list", "string", "groupby('role')", "attr('x')", "urlencode", "safe", "map('length')"]
METHODS = [".strip()", ".upper()", ".split()", ".split(',')", ".items()", ".keys()", ".values()", ".get('a')", ".get('b', 0)", ".startswith('H')", ".endswith('a')",
           ".replace('l', 'L')", ".find('o')", ".title()", ".join(['x', 'y'])", ".count('l')", ".role", ".content", ".name", "['a']", "['role']", "[0]", "[-1]", "[1:]",
           "[::-1]", "[:2]", "[-2:]", ".a", ".index(1)", ".rstrip('d')", ".lstrip()", ".splitlines()", ".isdigit()", ".capitalize()", ".partition('o')", ".rsplit(' ', 1)"]


def expression(rng, depth):
    kind = rng.random()
    if depth <= 0 or kind < 0.18:
        return rng.choice(NAMES if rng.random() < 0.6 else LITERALS)
    inner = lambda: expression(rng, depth - 1)
    if kind < 0.38:
        return f"{inner()} {rng.choice(OPERATORS)} {inner()}"
    if kind < 0.46:
        return f"({inner()})"
    if kind < 0.62:
        return f"{operand(rng, depth)}|{rng.choice(FILTERS)}"
    if kind < 0.80:
        return f"{operand(rng, depth)}{rng.choice(METHODS)}"
    if kind < 0.88:
        return f"{operand(rng, depth)} is {rng.choice(['', 'not '])}{rng.choice(TESTS)}"
    if kind < 0.92:
        return f"not {inner()}"
    if kind < 0.95:
        return f"-{operand(rng, depth)}"
    if kind < 0.98:
        return f"{inner()} if {inner()} else {inner()}"
    return rng.choice([f"[{inner()}, {inner()}]", f"{{'k': {inner()}}}", f"({inner()}, {inner()})", f"{inner()} if {inner()}"])


def operand(rng, depth):
    inner = expression(rng, depth - 1)
    return inner if rng.random() < 0.5 else f"({inner})"


def space(rng):
    return rng.choice(["", "", " ", "\n", "\n  ", "  \n", "a", " b\n"])


def tag(rng, body):
    return "{%" + rng.choice(["", "", "-", "+"]) + f" {body} " + rng.choice(["", "", "-", "+"]) + "%}"


def statement(rng, depth):
    kind = rng.random()
    body = lambda: statements(rng, depth - 1)
    if depth <= 0 or kind < 0.45:
        return "{{" + rng.choice(["", "-"]) + f" {expression(rng, 2)} " + rng.choice(["", "-"]) + "}}"
    if kind < 0.6:
        other = tag(rng, "else") + body() if rng.random() < 0.4 else ""
        return tag(rng, f"if {expression(rng, 2)}") + body() + other + tag(rng, "endif")
    if kind < 0.78:
        test = f" if {expression(rng, 1)}" if rng.random() < 0.25 else ""
        end = rng.choice(["", "", tag(rng, "break"), tag(rng, "continue"), tag(rng, f"if {expression(rng, 1)}") + tag(rng, "break") + tag(rng, "endif")])
        loop = rng.choice(["", "{{ loop.index }}", "{{ loop.last }}", "{{ loop.previtem }}", "{{ loop.revindex }}", "{{ x }}", "{{ loop.nextitem }}"])
        other = tag(rng, "else") + body() if rng.random() < 0.2 else ""
        return tag(rng, f"for x in {rng.choice(['messages', 'list', 'names', 'users', 'map', expression(rng, 2)])}{test}") + loop + body() + end + other + tag(rng, "endfor")
    if kind < 0.88:
        return tag(rng, f"set {rng.choice(['x', 'y', 'list', 'text'])} = {expression(rng, 2)}")
    if kind < 0.91:
        return tag(rng, f"set y{rng.choice(['', '|upper', '|trim'])}") + body() + tag(rng, "endset")
    if kind < 0.95:
        return tag(rng, "macro m(x, y=1)") + body() + tag(rng, "endmacro") + "{{ m(" + expression(rng, 1) + ") }}"
    if kind < 0.97:
        return "{#" + rng.choice(["", "-"]) + " c " + rng.choice(["", "-", "+"]) + "#}"
    return tag(rng, rng.choice(["generation", "with x = 1"])) + body() + tag(rng, "END")


def statements(rng, depth):
    text = space(rng)
    for _ in range(rng.choice([1, 1, 2, 3])):
        text += statement(rng, depth) + space(rng)
    return text


def template(rng):
    text = statements(rng, 3) if rng.random() < 0.5 else "{{ " + expression(rng, 4) + " }}"
    parts, opened = [], []
    for piece in text.split("{%"):
        for word in ("generation", "with"):
            if piece.strip("-+ ").startswith(word):
                opened.append(word)
        parts.append(piece.replace("END", "end" + opened.pop()) if "END" in piece and opened else piece)
    return "{%".join(parts)


def main():
    seed, count, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    rng = random.Random(seed)
    cases = []
    while len(cases) < count:
        source = template(rng)
        expected = record(source)
        if expected is None or (" at 0x" not in expected.lower() and "generbtor" not in expected and len(expected) < 100_000):
            cases.append({"template": source, "expected": expected})
    with open(out, "w", encoding="utf-8") as file:
        json.dump({"made_by": made_by(), "variables": VARIABLES, "cases": cases}, file)
    print(count, "templates,", sum(c["expected"] is None for c in cases), "of them refused")


if __name__ == "__main__":
    main()
