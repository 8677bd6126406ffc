"""Records what Jinja2 makes of one-line constructs of chat templates, configured as transformers does.

    python template_constructs.py ../data/src/test/resources/org/betatron/data/template/jinja/constructs.json

Each construct is a template and the text that Jinja2 renders, or null where Jinja2 refuses it.
"""

import json
import sys

import jinja2
import transformers
from transformers.utils.chat_template_utils import _compile_jinja_template

VARIABLES = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi <there> & 'you'"},
        {"role": "assistant", "content": "", "tool_calls": [
            {"id": "c1", "function": {"name": "get", "arguments": {"x": 1, "y": [True, None, 2.5]}}}]},
        {"role": "tool", "content": "été 😀 \u00a0"},
    ],
    "tools": [{"type": "function", "function": {"name": "get", "parameters": {"type": "object", "properties": {}}}}],
    "documents": None,
    "text": "  Hello World, hello  ",
    "word": "häuser😀x",
    "lines": "a\nb\r\n\nc\n",
    "number": 7,
    "negative": -7,
    "real": 2.5,
    "big": 123456789012345678901234567890,
    "yes": True,
    "nothing": None,
    "empty": "",
    "list": [3, 1, 2],
    "names": ["b", "A", "c", "B"],
    "nested": [[1, [2, 3]], [4]],
    "map": {"b": 1, "a": {"c": "d"}, "items": "key named items"},
    "users": [{"name": "Al", "age": 3, "on": True}, {"name": "bo", "age": 1, "on": False}, {"name": "Cy", "age": 2}],
    "add_generation_prompt": True,
    "bos_token": "<s>",
}

VALUES = ["text", "number", "real", "yes", "nothing", "empty", "list", "map", "missing", "big", "range(3)",
          "map.keys()", "list|select('odd')", "(1, 'a')", "namespace(a=1)", "raise_exception"]

CONSTRUCTS = []


def add(*templates):
    CONSTRUCTS.extend(templates)


# Printing and representation
for value in VALUES[:12] + ["(1,)", "()", "[]", "{}", "['a', \"it's\", 'say \"hi\"', 'b\\n\\t\\\\']", "1e16", "1e-5", "0.1 + 0.2",
                            "1e300 * 1e10", "-0.0", "100000.0 * 10", "1.5e3", "word", "[word, '\\u00a0', '\\u200b']",
                            "{'a': none, 1: true}", "namespace(a=1)", "messages[2]", "(1, 'a', none)", "12_000", "0x1F", "0b101",
                            "0o17", "undefined_name", "[undefined_name]", "map.items()", "map.values()"]:
    add("{{ %s }}" % value, "{{ [%s] }}" % value)

# Tests on every kind of value
for test in ["defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "true", "false",
             "mapping", "sequence", "iterable", "callable", "lower", "upper", "escaped", "odd", "even"]:
    for value in VALUES:
        if test in ("lower", "upper") and value in ("list|select('odd')", "raise_exception"):
            continue  # asks for the text, which holds an address in memory
        add("{{ %s is %s }}|{{ %s is not %s }}" % (value, test, value, test))
add("{{ 6 is divisibleby 3 }}", "{{ 6 is divisibleby(4) }}", "{{ 1 is in [1, 2] }}", "{{ 'a' is in 'abc' }}",
    "{{ 1 is eq 1 }}", "{{ 1 is ne 1 }}", "{{ 2 is gt 1 }}", "{{ 2 is lessthan 1 }}", "{{ 1 is sameas 1 }}",
    "{{ true is sameas true }}", "{{ 'upper' is filter }}", "{{ 'nope' is filter }}", "{{ 'odd' is test }}",
    "{{ none is sameas none }}", "{{ 1 is equalto 1.0 }}", "{{ x is defined and x }}", "{{ not x is defined }}",
    "{{ 1 is nope }}", "{% if false %}{{ 1 is nope }}{% endif %}a", "{{ 'a' if x is defined else 'b' }}")

# Truth, and what and/or give
for value in VALUES + ["0", "0.0", "[]", "{}", "()", "' '", "'0'"]:
    add("{{ 'T' if %s else 'F' }}" % value, "{{ not %s }}" % value, "{{ (%s) and 'and' }}" % value if value not in
        ("raise_exception", "list|select('odd')", "map.keys()") else "{{ 1 if (%s) and 2 }}" % value,
        "{{ (%s) or 'or' }}" % value if value not in ("raise_exception", "list|select('odd')") else "{{ 1 if %s or 2 }}" % value)

# Operators and precedence
add("{{ not 1 == 2 }}", "{{ not 1 in [1] }}", "{{ 1 not in [1] }}", "{{ '' != false }}", "{{ '' == false }}",
    "{{ 0 == false }}", "{{ 1 == true }}", "{{ 1 == 1.0 }}", "{{ none == false }}", "{{ x == y }}", "{{ x == none }}",
    "{{ 1 < 2 < 3 }}", "{{ 1 < 3 < 2 }}", "{{ 1 < 2 == 2 }}", "{{ 'a' < 'b' }}", "{{ 'Z' < 'a' }}", "{{ [1, 2] < [1, 3] }}",
    "{{ (1, 2) == [1, 2] }}", "{{ 1 < 'a' }}", "{{ none < 1 }}", "{{ {'a': 1, 'b': 2} == {'b': 2, 'a': 1} }}",
    "{{ 1 + 2 * 3 }}", "{{ (1 + 2) * 3 }}", "{{ 2 ** 3 ** 2 }}", "{{ -2 ** 2 }}", "{{ 2 ** -1 }}", "{{ 2 ** 100 }}",
    "{{ 7 // 2 }}", "{{ -7 // 2 }}", "{{ 7 % 3 }}", "{{ -7 % 3 }}", "{{ 7 % -3 }}", "{{ -7.5 % 2 }}", "{{ 7.5 // -2 }}",
    "{{ 7 / 2 }}", "{{ 4 / 2 }}", "{{ 1 / 0 }}", "{{ 1 // 0 }}", "{{ 1 % 0 }}", "{{ 1.0 / 0 }}", "{{ big * big }}",
    "{{ 9223372036854775807 + 1 }}", "{{ big - big }}", "{{ big // 7 }}", "{{ -big % 7 }}", "{{ big / 3 }}", "{{ +5 }}", "{{ --5 }}",
    "{{ 1 ~ 2 ~ 'a' ~ none ~ true ~ 1.0 ~ [1] }}", "{{ 'a' ~ x }}", "{{ 1 + 1 ~ 2 }}", "{{ 'a' + 1 }}", "{{ 'a' + x }}", "{{ x + 'a' }}",
    "{{ 'ab' * 3 }}", "{{ 3 * 'ab' }}", "{{ [1] * 2 }}", "{{ 'a' * -1 }}", "{{ [1] + [2] }}", "{{ (1,) + (2,) }}", "{{ [1] + (2,) }}",
    "{{ true + true }}", "{{ 'a' - 'b' }}", "{{ none + 1 }}", "{{ 1 in {'a': 1} }}", "{{ 'a' in {'a': 1} }}", "{{ 'a' in none }}",
    "{{ 1 in 'abc' }}", "{{ 'b' in 'abc' in ['abc'] }}", "{{ 'a' in x }}", "{{ x in ['a'] }}", "{{ x in 'a' }}", "{{ 2 in range(3) }}",
    "{{ -3|abs }}", "{{ (-3)|abs }}", "{{ 1 if false }}", "{{ (1 if false) is defined }}", "{{ 1 if false else 2 if false else 3 }}",
    "{{ 'a' 'b' }}", "{{ 1, 2 }}", "{{ (1) }}", "{{ not not 1 }}", "{{ 1 or 2 and 0 }}", "{{ 'x' if 1 > 2 or 3 else 'y' }}",
    "{{ 'a' if none is none and not false else 'b' }}", "{{ 10 - 2 - 3 }}", "{{ 100 / 10 / 2 }}", "{{ 'a' ~ 'b' | upper }}",
    "{{ ('a' ~ 'b') | upper }}", "{{ 1 + 2 | string ~ 'x' }}", "{{ 5 - 3 | abs }}", "{{ -1 | abs }}", "{{ 2.0 ** 0.5 }}", "{{ 0 ** 0 }}",
    "{{ 0 ** -1 }}", "{{ 1e308 * 10 == 1e309 }}", "{{ 3 == 3 == 3 }}", "{{ 1 != 2 != 1 }}")

# Attributes and items
add("{{ map.b }}", "{{ map['b'] }}", "{{ map.a.c }}", "{{ map.items }}" if False else "{{ map['items'] }}", "{{ map.nope }}",
    "{{ map.nope.more }}", "{{ x.y }}", "{{ x['y'] }}", "{{ map.nope is defined }}", "{{ x.y is defined }}", "{{ none.a }}",
    "{{ none.a.b }}", "{{ list[0] }}", "{{ list[-1] }}", "{{ list[9] }}", "{{ list[9].a }}", "{{ list['0'] }}", "{{ list.0 }}",
    "{{ nested.0.1.1 }}", "{{ list[1.0] }}", "{{ list[true] }}", "{{ word[5] }}{{ word[-2] }}", "{{ word[6:] }}", "{{ word|length }}",
    "{{ word[::-1] }}", "{{ list[::-1] }}", "{{ list[1:] }}", "{{ list[:-1] }}", "{{ list[5:] }}", "{{ list[::2] }}", "{{ list[2:0:-1] }}",
    "{{ text[2:7] }}", "{{ text[:number - 2] }}", "{{ (1, 2, 3)[1:] }}", "{{ range(10)[2:5] }}", "{{ range(10)[::3]|list }}",
    "{{ list['a':] }}", "{{ list[::0] }}", "{{ nothing[1:] }}", "{{ map[1:] }}", "{{ x[1:] }}", "{{ 'abc'.0 }}", "{{ {1: 'a'}[1] }}",
    "{{ {1: 'a'}[1.0] }}", "{{ {1: 'a'}[true] }}", "{{ {1: 'a'}['1'] }}", "{{ {(1, 2): 'a'}[(1, 2)] }}", "{{ {(1, 2): 'a'}[1, 2] }}",
    "{{ {[1]: 'a'} }}", "{{ map.__class__ }}", "{{ ''.__class__.__mro__ }}", "{{ list.append(1) }}", "{{ list.append }}",
    "{{ map.update({}) }}", "{{ map.pop('b') }}", "{{ map.get('b') }}", "{{ map.get('x') }}", "{{ map.get('x', 'y') }}", "{{ map.get() }}",
    "{{ map.keys()|list }}", "{{ map.values()|list }}", "{{ map.items()|list }}", "{{ map.items()|length }}", "{{ map.copy() == map }}",
    "{{ list.index(1) }}", "{{ list.index(9) }}", "{{ list.count(1) }}", "{{ list.copy() }}", "{{ (1, 2, 1).count(1) }}", "{{ messages[0]['role'] }}",
    "{{ messages[0].role }}", "{{ messages[-1]['content'] }}", "{{ (messages|last).role }}", "{{ messages[2].tool_calls[0].function.arguments }}",
    "{{ 'items' in map }}", "{{ map['keys']()|list }}", "{{ real.is_integer() }}", "{{ number.bit_length() }}", "{{ true.real }}", "{{ 1.5.real }}" )

# Methods of strings
T = "'  Hello World, hello  '"
for call in ["strip()", "lstrip()", "rstrip()", "strip(' H')", "strip('xyz')", "strip(none)", "lstrip(' He')", "rstrip('o ')", "upper()", "lower()",
             "title()", "capitalize()", "swapcase()", "casefold()", "split()", "split(' ')", "split(',')", "split('l', 1)", "split(none, 1)",
             "split(maxsplit=1)", "split(sep='l', maxsplit=2)", "rsplit('l', 1)", "rsplit(none, 1)", "rsplit()", "split('')", "splitlines()",
             "replace('l', 'L')", "replace('l', 'L', 2)", "replace('', '-')", "replace('', '-', 3)", "replace('l')", "find('l')", "find('z')",
             "rfind('l')", "find('l', 6)", "find('l', 0, 3)", "index('W')", "index('z')", "rindex('l')", "count('l')", "count('')", "startswith('  H')",
             "startswith(('x', '  '))", "startswith('H', 2)", "endswith('  ')", "endswith(('a', ' '))", "startswith(1)", "center(30, '*')", "ljust(26, '.')",
             "rjust(26)", "zfill(30)", "partition('o')", "rpartition('o')", "partition('zz')", "rpartition('zz')", "removeprefix('  ')",
             "removesuffix('  ')", "join(['a', 'b'])", "join([1])", "join('abc')", "isdigit()", "isalpha()", "isspace()", "isupper()", "expandtabs()",
             "nope()", "encode", "__len__()", "format()", "startswith()", "strip(1)"]:
    add("{{ text.%s }}" % call)
add("{{ '-5'.zfill(4) }}", "{{ '12'.isdigit() }}{{ 'a1'.isalnum() }}{{ '²'.isdigit() }}{{ '½'.isnumeric() }}{{ 'a b'.isidentifier() }}{{ 'Ab Cd'.istitle() }}",
    "{{ \"it's a dog's\".title() }}", "{{ 'éA ß'.capitalize() }}|{{ 'ß'.upper() }}|{{ 'ǆx'.title() }}", "{{ lines.splitlines() }}", "{{ lines.splitlines(true) }}",
    "{{ lines.split('\\n') }}", "{{ '\\u00a0 a \\u3000'.strip() }}|", "{{ '\\u00a0a\\u00a0' | trim }}|", "{{ '\\x1ca'.strip() }}", "{{ 'a\\u2028b'.splitlines() }}",
    "{{ '{} {}'.format(1, 'a') }}", "{{ '{1} {0}'.format(1, 'a') }}", "{{ '{a}'.format(a=1) }}", "{{ '{0.role}'.format(messages[0]) }}",
    "{{ '{0[role]}'.format(messages[0]) }}", "{{ '{:>5}|{:<5}|{:^5}|'.format('a', 'b', 'c') }}", "{{ '{:05.2f} {:,} {:x} {:+d} {:e} {:.3g} {:%}'.format(3.14159, 1234567, 255, 3, 12345.678, 0.00012345, 0.25) }}",
    "{{ '{!r}'.format('a') }}", "{{ '{{}}'.format() }}", "{{ '{'.format() }}", "{{ '{}'.format() }}", "{{ '{:{}}|'.format('a', 4) }}", "{{ '{:04d}'.format(-5) }}",
    "{{ '%s %d %05.1f %x %r %%' % ('a', 3.7, 2.25, 255, 'b') }}", "{{ '%s' % 'a' }}", "{{ '%s' % [1] }}", "{{ '%s' % (1,) }}", "{{ '%s %s' % 'a' }}", "{{ 'a' % 1 }}",
    "{{ '%(a)s' % {'a': 1} }}", "{{ '%d' % 'a' }}", "{{ '%5s|%-5s|' % ('a', 'b') }}", "{{ '%+d % d %05d %-5d|' % (1, 2, -3, 4) }}", "{{ '%.2s' % 'abc' }}", "{{ '%c' % 65 }}",
    "{{ '%e %g %g' % (12345.678, 1e10, 0.0001) }}", "{{ '%s' % none }}", "{{ '%i' % true }}")

# Filters
for value in ["text", "number", "negative", "real", "nothing", "list", "names", "map", "missing", "yes", "empty", "nested", "(3, 1)", "range(4)", "big"]:
    for name in ["abs", "capitalize", "count", "default('D')", "default('D', true)", "d", "first", "last", "float", "int", "join(', ')", "length",
                 "list", "lower", "max", "min", "replace('l', 'L')", "reverse|list", "round", "sort", "string", "sum", "title", "tojson", "trim", "unique|list",
                 "upper", "wordcount", "e", "indent", "map('string')|list", "select|list", "items|list", "dictsort", "batch(2)|list", "slice(2)|list"]:
        add("{{ %s|%s }}" % (value, name))
add("{{ '42'|int }}", "{{ '42.9'|int }}", "{{ 'x'|int }}", "{{ 'x'|int(7) }}", "{{ '0x1f'|int(0, 16) }}", "{{ '0x1f'|int(base=16) }}", "{{ '1_000'|int }}", "{{ ' 5 '|int }}",
    "{{ 1e30|int }}", "{{ 'inf'|int(3) }}", "{{ 'x'|float(1) }}", "{{ '1e3'|float }}", "{{ 'nan'|float }}", "{{ 42.55|round }}", "{{ 42.55|round(1, 'floor') }}", "{{ 42.55|round(1) }}",
    "{{ 2.5|round }}", "{{ -2.5|round(0, 'ceil') }}", "{{ 1234|round(-2) }}", "{{ 5|round }}", "{{ 2.675|round(2) }}", "{{ 3.7|round|int }}",
    "{{ users|map(attribute='name')|join(',') }}", "{{ users|map(attribute='on', default='?')|list }}", "{{ users|map(attribute='on')|list }}", "{{ users|map(attribute='name')|map('upper')|list }}",
    "{{ users|selectattr('on')|list|length }}", "{{ users|selectattr('age', '>', 1)|map(attribute='name')|list }}", "{{ users|rejectattr('on')|list|length }}",
    "{{ users|rejectattr('on', 'defined')|list }}", "{{ users|selectattr('name', 'in', ['Al'])|list|length }}", "{{ users|selectattr('name', 'equalto', 'bo')|first }}",
    "{{ users|selectattr('age', 'nope')|list }}", "{{ list|select('odd')|list }}", "{{ list|reject('odd')|list }}", "{{ list|select('nope')|list }}", "{{ list|select('>', 1)|list }}", "{{ list|select('odd')|length }}",
    "{{ (list|select('odd'))[0] }}", "{{ list|select('odd')|first }}", "{{ list|select('odd')|last }}", "{% set g = list|select('odd') %}{{ g|list }}{{ g|list }}", "{{ list|map('nope')|list }}",
    "{{ list|map|list }}", "{{ users|sort(attribute='age')|map(attribute='name')|list }}", "{{ users|sort(attribute='name', reverse=true)|map(attribute='name')|list }}", "{{ names|sort }}",
    "{{ names|sort(case_sensitive=true) }}", "{{ names|sort(true) }}", "{{ names|unique|list }}", "{{ names|unique(true)|list }}", "{{ [1, 1.0, true, '1']|unique|list }}", "{{ names|min }}{{ names|max }}",
    "{{ names|max(case_sensitive=true) }}", "{{ users|max(attribute='age') }}", "{{ users|sum(attribute='age') }}", "{{ list|sum(start=10) }}", "{{ names|sum }}", "{{ [[1], [2]]|sum(start=[]) }}",
    "{{ map|dictsort(true) }}", "{{ {'b': 1, 'A': 2}|dictsort }}", "{{ {'b': 1, 'A': 2}|dictsort(by='value') }}", "{{ {'b': 1, 'A': 2}|dictsort(false, 'key', true) }}", "{{ [1]|dictsort }}",
    "{% for g in users|groupby('on', default=false) %}{{ g.grouper }}:{{ g.list|length }} {% endfor %}", "{% for a, b in [{'k': 'x'}, {'k': 'X'}]|groupby('k') %}{{ a }}{{ b|length }}{% endfor %}",
    "{{ [1, 2, 3, 4, 5]|batch(2, 'x')|list }}", "{{ [1, 2, 3, 4, 5]|slice(3, 'x')|list }}", "{{ 'a b c'|replace('a', 'b') }}", "{{ 'aaa'|replace('a', 'b', 2) }}", "{{ 5|replace(5, 6) }}",
    "{{ '  a '|trim }}|", "{{ 'xaxx'|trim('x') }}", "{{ 'a\nb\n\nc'|indent }}", "{{ 'a\nb\n\nc'|indent(2, true) }}", "{{ 'a\nb\n\nc'|indent(2, blank=true) }}", "{{ 'a\nb'|indent('> ', true) }}", "{{ 'a\n'|indent }}|",
    "{{ 'foo bar baz qux'|truncate(9) }}", "{{ 'foo bar baz qux'|truncate(9, true) }}", "{{ 'foo bar baz qux'|truncate(11) }}", "{{ 'foo bar baz qux'|truncate(11, false, '...', 0) }}",
    "{{ 'hello world-foo (bar)'|title }}", "{{ 'ab'|center(6) }}|", "{{ '%s-%s'|format(1, 2) }}", "{{ '%(a)s'|format(a=1) }}", "{{ 'a b&c/d?é'|urlencode }}", "{{ {'a b': 'c&d'}|urlencode }}",
    "{{ 1000000|filesizeformat }}", "{{ 1000000|filesizeformat(true) }}", "{{ 1|filesizeformat }}", "{{ '<a>&\"'|e }}", "{{ '<a>'|e|e }}", "{{ '<a>'|safe }}", "{{ ('<a>'|safe) + '<b>' }}", "{{ '<b>' + ('<a>'|safe) }}",
    "{{ ('<a>'|safe) ~ '<b>' }}", "{{ '<a>'|safe|length }}", "{{ '<b>x</b>  y'|striptags }}", "{{ '<a>'|forceescape }}", "{{ {'a': 'b<', 'c': none}|xmlattr }}", "{{ 'abc'|reverse }}", "{{ 'abc'|first }}{{ 'abc'|last }}",
    "{{ ''|first }}", "{{ []|last is defined }}", "{{ map|first }}", "{{ map|last }}", "{{ map|list }}", "{{ map|length }}", "{{ 'abc'|list }}", "{{ none|default('x') }}", "{{ false|default('x', boolean=true) }}", "{{ x|default }}|",
    "{{ x|default(y)|default('z') }}", "{{ map|attr('b') }}", "{{ map|attr('nope') is defined }}", "{{ text|nope }}", "{% if true %}{{ text|nope }}{% endif %}", "{% if false %}{{ text|nope }}{% endif %}a", "{{ 'a' if true else 1|nope }}",
    "{{ list|join }}", "{{ users|join('-', attribute='name') }}", "{{ list|join(1) }}", "{{ 5|join }}", "{{ none|join }}", "{{ text|upper|lower|trim }}", "{{ 'a,b'.split(',')|map('upper')|join('+') }}", "{{ list|first|string + 'x' }}",
    "{{ 3|string }}{{ 3.0|string }}{{ none|string }}{{ true|string }}{{ [1]|string }}", "{{ 'a'|upper() }}", "{{ 'a'|upper(1) }}", "{{ 'a'|default(value=1) }}", "{{ 'a'|trim(chars='a') }}|")
# JSON
add("{{ messages[2]|tojson }}", "{{ messages|tojson(indent=2) }}", "{{ messages[2]|tojson(indent=4) }}", "{{ map|tojson(separators=(',', ':')) }}", "{{ map|tojson(sort_keys=true) }}", "{{ word|tojson }}", "{{ word|tojson(ensure_ascii=true) }}",
    "{{ {'a': [], 'b': {}}|tojson(indent=2) }}", "{{ [1, 2]|tojson(indent=0) }}", "{{ [1, [2]]|tojson(indent='\t') }}", "{{ x|tojson }}", "{{ range(2)|tojson }}", "{{ (1, 2)|tojson }}", "{{ {1: 2, none: 3, true: 4, 1.5: 5}|tojson }}",
    "{{ '<\\n\\t\\x07\\x7f\\u2028\"/\\\\>'|tojson }}", "{{ 1e20|tojson }}", "{{ [0.1, 1e100, 3.0]|tojson }}", "{{ big|tojson }}", "{{ tools|tojson(indent=2, separators=(', ', ' = ')) }}", "{{ map.items()|tojson }}", "{{ namespace(a=1)|tojson }}",
    "{{ (1e308 * 10)|tojson }}", "{{ '<a>'|safe|tojson }}", "{{ map|tojson(2) }}", "{{ map|tojson(false, 2) }}", "{{ {(1, 2): 3}|tojson }}")

# Loops
add("{% for x in list %}{{ x }}{{ ',' if not loop.last }}{% endfor %}", "{% for x in list if x > 1 %}{{ loop.index }}{{ x }}{% else %}none{% endfor %}", "{% for x in [] %}a{% else %}b{% endfor %}",
    "{% for x in list %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }} {% endfor %}",
    "{% for x in list %}{{ loop.previtem }}-{{ loop.nextitem }} {% endfor %}", "{% for x in list %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }}{% endfor %}", "{% for x in list %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for x in [1, 1, 2] %}{{ loop.changed(x) }}{% endfor %}", "{% for x in list %}{{ loop.depth }}{{ loop.depth0 }}{% endfor %}", "{% for x in nested recursive %}[{{ loop(x) if x is iterable else x }}]{% endfor %}",
    "{% for x in nested recursive %}{{ loop.depth }}{{ loop(x) if x is iterable }}{% endfor %}", "{% for x in list %}{{ loop(x) }}{% endfor %}", "{% for k, v in map.items() %}{{ k }}={{ v }};{% endfor %}", "{% for k in map %}{{ k }}{% endfor %}",
    "{% for k, v in map|items %}{{ k }}{% endfor %}", "{% for k, v in map|dictsort %}{{ k }}{% endfor %}", "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for a, b in [1] %}{% endfor %}", "{% for a, b in [(1, 2, 3)] %}{% endfor %}",
    "{% for a, b in [(1,)] %}{% endfor %}", "{% for x in 5 %}{% endfor %}", "{% for x in none %}{% endfor %}", "{% for x in nope %}a{% else %}b{% endfor %}", "{% for c in 'aé😀' %}{{ c }}|{% endfor %}", "{% for x in 1, 2 %}{{ x }}{% endfor %}",
    "{% for x in range(3) %}{{ x }}{% endfor %}", "{% for x in range(5, 0, -2) %}{{ x }}{% endfor %}", "{{ range(100001)|length }}", "{{ range(100000)|length }}", "{{ range(0) }}{{ range(1, 2, 3) }}", "{{ range(1, 2, 0) }}", "{{ range('a') }}", "{{ range(1.0) }}",
    "{% set y = 1 %}{% for x in list %}{% set y = x %}{{ y }}{% endfor %}{{ y }}", "{% for x in list %}{{ y }}{% set y = x %}{% endfor %}|{{ y }}", "{% set ns = namespace(n=0) %}{% for x in list %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }}",
    "{% for x in list %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% endfor %}", "{% for x in list %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endfor %}", "{% for x in list %}{% break %}{% else %}e{% endfor %}", "{% for x in list %}{% continue %}{% else %}e{% endfor %}",
    "{% break %}", "{% for x in list %}{% for y in list %}{{ loop.index }}{% endfor %}{{ loop.index }} {% endfor %}", "{% for x in list|select('odd') %}{{ loop.length }}{{ loop.last }}{% endfor %}", "{% for x in list|reverse %}{{ x }}{{ loop.revindex }}{% endfor %}",
    "{% for loop in list %}{% endfor %}", "{% for x in list %}{% set loop = 1 %}{% endfor %}", "{% for x in list %}{{ loop }}{% endfor %}", "{% for x in list %}{{ loop.nope }}{% endfor %}", "{{ loop }}", "{{ loop.index }}", "{{ self.x }}|{{ self is defined }}{{ self.x is defined }}",
    "{% set ns = namespace(stop=false) %}{% for x in list if not ns.stop %}{{ x }}{% set ns.stop = true %}{% endfor %}", "{% for x in list %}{% if loop.first %}{% set first = x %}{% endif %}{{ first }}{% endfor %}", "{% for m in messages if m.role != 'system' %}{{ loop.index }}{{ m.role }}{% endfor %}",
    "{% for m in messages[1:] %}{{ m.role }}{% endfor %}", "{% for m in messages %}{{ loop.previtem.role if loop.previtem }}>{{ m.role }} {% endfor %}", "{% for x in list if x is odd recursive %}{{ x }}{% endfor %}", "{%- for x in list -%} {{ x }} {%- endfor -%} z",
    "{% for x in (1 if true else 2), %}{{ x }}{% endfor %}", "{% for x in [1, 2] + [3] %}{{ x }}{% endfor %}", "{% for x in list: %}{{ x }}{% endfor %}")

# Set, scopes, namespaces, with
add("{% set x = 1, 2 %}{{ x }}", "{% set a, b = 1, 2 %}{{ a }}{{ b }}", "{% set a, b = 'xy' %}{{ a }}{{ b }}", "{% set (a, b) = [1, 2] %}{{ b }}", "{% set x %}a{{ 1 }}b{% endset %}{{ x }}|{{ x|length }}", "{% set x | upper | trim %} ab {% endset %}{{ x }}",
    "{% set x %}{% set y = 1 %}{% endset %}{{ y }}", "{% set ns = namespace() %}{% set ns.a = 1 %}{{ ns.a }}{{ ns['a'] }}{{ ns.b }}", "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a + ns.b }}", "{% set map.b = 2 %}", "{% set ns.a = 1 %}", "{% set ns = namespace() %}{% set ns._a = 1 %}",
    "{{ namespace(_a=1) }}", "{% set ns = namespace(l=[]) %}{% for x in list %}{% set ns.l = ns.l + [x] %}{% endfor %}{{ ns.l }}", "{% if true %}{% set x = 1 %}{% endif %}{{ x }}", "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a }}", "{% with %}{% set a = 1 %}{{ a }}{% endwith %}{{ a }}",
    "{% set a = 1 %}{% with a = 2, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}", "{% set true = 1 %}", "{% set 'a' = 1 %}", "{% set x = %}", "{% set messages = messages[1:] %}{{ messages|length }}", "{% set x = none %}{{ x is defined }}{{ x is none }}", "{% set x %}{% endset %}{{ x == '' }}",
    "{% set a = b = 1 %}", "{% set x = 1 if false %}{{ x is defined }}", "{% set d = dict(a=1, b=2) %}{{ d }}", "{{ dict([('a', 1)], b=2) }}", "{{ dict({'a': 1}) }}", "{{ dict(1) }}", "{{ {'a': 1, 'a': 2} }}", "{{ {**map} }}", "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}",
    "{% set j = joiner('|') %}{{ j() }}a{{ j() }}b", "{% set ns = namespace(x=0) %}{% macro f() %}{% set ns.x = ns.x + 1 %}{% endmacro %}{{ f() }}{{ f() }}{{ ns.x }}")

# Macros, call, filter and generation blocks
add("{% macro m(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(b=4, a=5) }}", "{% macro m(a) %}[{{ a }}]{% endmacro %}{{ m() }}", "{% macro m(a) %}{{ a.b }}{% endmacro %}{{ m() }}", "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{% endmacro %}{{ m(z=2) }}",
    "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, c=3) }}", "{% macro m(a, b=a) %}{{ b }}{% endmacro %}{{ m(3) }}", "{% macro m(n) %}{{ n }}{% if n > 0 %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(3) }}", "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}x{% endcall %}",
    "{% macro m() %}[{{ caller(1, 2) }}]{% endmacro %}{% call(a, b) m() %}{{ a + b }}{% endcall %}", "{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}", "{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}", "{% macro m(a) %}{% endmacro %}{{ m.name }}{{ m.arguments }}{{ m.catch_kwargs }}{{ m.caller }}",
    "{% macro m() %}{{ y }}{% endmacro %}{% set y = 1 %}{{ m() }}", "{% set y = 1 %}{% macro m() %}{% set y = 2 %}{{ y }}{% endmacro %}{{ m() }}{{ y }}", "{% macro m(list) %}{% for x in list %}{{ x }}{% endfor %}{% endmacro %}{{ m([1, 2]) }}|{{ m(list) }}", "{{ m }}{% macro m() %}{% endmacro %}", "{{ m() }}{% macro m() %}{% endmacro %}",
    "{% macro m() %}  a  {% endmacro %}{{ m()|trim }}|", "{% filter upper %}ab{{ 'c' }}{% endfilter %}", "{% filter replace('a', 'b')|upper %}aac{% endfilter %}", "{% generation %}a{% set q = 1 %}{{ q }}{% endgeneration %}{{ q }}", "{% for x in list %}{% generation %}{{ loop.index }}{{ x }}{% endgeneration %}{% endfor %}",
    "{% macro m() %}{{ loop.index }}{% endmacro %}{% for x in list %}{{ m() }}{% endfor %}", "{% macro m(*a) %}{% endmacro %}", "{% macro m(a, a) %}{% endmacro %}" if False else "{% macro m(a=1, b) %}{% endmacro %}", "{% macro m(x) %}{{ x }}{% endmacro %}{{ [1, 2]|map('string')|map('upper')|list }}{{ m(*[1]) }}{{ m(**{'x': 2}) }}",
    "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}b{% endmacro %}{{ a() }}", "{% call nope() %}{% endcall %}", "{% call 1 %}{% endcall %}", "{{ raise_exception('no') }}", "{{ raise_exception() }}", "{{ strftime_now('%%') }}", "{{ strftime_now }}" if False else "{{ strftime_now is defined }}", "{{ nope() }}", "{{ text() }}",
    "{% for x in list %}{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% endfor %}", "{% macro m(a) %}{{ a is defined }}{% endmacro %}{{ m() }}{{ m(none) }}", "{% if x is not defined %}{% macro m() %}q{% endmacro %}{% endif %}{{ m() }}")

# White space, comments, raw, lexing
add("a\n{% if true %}\nb\n{% endif %}\nc", "a\n  {% if true %}\n  b\n  {% endif %}\nc", "a {%- if true %} b {%- endif %} c", "a {% if true -%} b {% endif -%} c", "a\n  {%+ if true %}\n b{% endif %}", "{% if true +%}\nb{% endif %}", "  {{ 1 }}\n", "  {{- 1 -}}  \nx", "{{ 1 }}\n\n", "{{ 1 }}\n\n\n",
    "a\n{# c #}\nb", "a\n  {# c #}\nb", "a {#- c -#} b", "{# {{ x }} #}a", "{# a", "{% raw %}{{ x }}{% endraw %}", "{% raw -%}  {{ x }} {%- endraw %}", "{%- raw %}\na\n{% endraw %}\nb", "a\n  {% raw %}\n  b\n  {% endraw %}\nc", "{% raw %}a", "a\r\nb\r{% if true %}\r\nc{% endif %}", "{{ 'a\\nb' }}", "{{ 'a\nb' }}",
    "{{ '\\u00e9\\x41\\101\\q\\'' }}", "{{ \"a'b\" }}{{ 'a\"b' }}", "{{ '\\é' }}", "{{ '\\N{BULLET}' }}", "{{ '\\x4' }}", "{{ '{{' }}{{ '}}' }}{{ '%}' }}", "{{ {'a': {'b': 1}}['a']['b'] }}", "{{ {'a': {}}}}", "{{{'a': 1}}}", "{ {{ 1 }} }", "{{ 1 }}}", "{", "{%", "{{", "{{ 'a", "{{ 1 }", "{% if true %}", "{% endif %}", "{% nope %}",
    "{% if %}{% endif %}", "{% for %}{% endfor %}", "{{ }}", "{{ a b }}", "{{ (1 }}", "{{ 1) }}", "{{ [1, ] }}{{ (1, ) }}{{ {'a': 1, } }}", "{{ @ }}", "{{ a! }}", "{{ 1 $ 2 }}", "{{ none }}{{ None }}{{ true }}{{ True }}", "{{ nope.1.2 }}", "{{ 1.5.x }}", "{{ 1..2 }}", "{{ 5 .x }}", "{{ héé }}", "{% if true %}a{% elif false %}b{% else %}c{% endif %}",
    "{% if false %}a{% elif true %}b{% else %}c{% endif %}", "{% if false %}a{% elseif true %}b{% endif %}", "{% if nope %}a{% else %}b{% endif %}", "{% if nope.x %}a{% endif %}", "{% if (1, 2) %}a{% endif %}", "{% print 1, 2 %}", "{% do 1 %}", "{% include 'a' %}", "{% import 'a' as b %}", "{% extends 'a' %}", "{% set x = 1 -%}\n\n  a", "\n\n{% if true %}\n\na{% endif %}",
    "{{ 'a' }}\n{% set x = 1 %}\n{{ 'b' }}", "a  {% set x = 1 %}  b", "\t{% if true %}\n\tx\n\t{% endif %}", "{{ 1 -}}\n\n{{ 2 }}", "{{ 1 }}\u00a0{%- if true %}a{% endif %}", "{{ '' }}{% if true %}\n{% endif %}x", "{{bos_token}}{{eos_token}}", "{{ messages | length }}", "{{- '<|im_start|>' + messages[0].role + '\\n' -}}",
    "{% if messages[0]['role'] == 'system' and messages[0].content %}{{ messages[0].content }}{% endif %}", "{{ 1if true else 2 }}", "{{ 0 if not list else list|length - 1 }}", "{% if not (1 == 2) %}a{% endif %}", "{{ ';' ; 1 }}", "{{ 007 }}", "{{ 1__0 }}", "{{ 1e5 }}{{ 1E-7 }}", "{% if 'a' is string and 'b' in 'abc' %}y{% endif %}")
add("{{ 'x' * 1000000000000 }}" if False else "{{ 'x' * 0 }}")


def record(template):
    """What Jinja2 renders, None for a refusal."""
    try:
        return _compile_jinja_template.__wrapped__(template).render(**json.loads(json.dumps(VARIABLES)))
    except Exception:
        return None


def made_by():
    return f"template_constructs.py, transformers {transformers.__version__}, jinja2 {jinja2.__version__}"


def main():
    cases, seen = [], set()
    for template in CONSTRUCTS:
        if template in seen:
            continue
        seen.add(template)
        expected = record(template)
        # Addresses in memory say nothing.
        if expected is not None and " at 0x" in expected:
            continue
        cases.append({"template": template, "expected": expected})
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        json.dump({"made_by": made_by(), "variables": VARIABLES, "cases": cases}, out, ensure_ascii=True, indent=0)
        out.write("\n")
    print(len(cases), "constructs,", sum(c["expected"] is None for c in cases), "of them refused")


if __name__ == "__main__":
    main()
