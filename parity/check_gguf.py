"""Compares the answers that `betatron generate --out FILE` wrote with those that llama.cpp writes from a GGUF file.

    python check_gguf.py MODEL.gguf ANSWERS.jsonl

Greedy answers of the same prompts, as many tokens as ours have; texts are compared. Prints each that differs, and exits
with status 1 if one does. Needs: pip install llama-cpp-python.
"""

import json
import sys
from pathlib import Path

from llama_cpp import Llama


def main():
    llama = Llama(sys.argv[1], n_ctx=2048, type_k=0, type_v=0, verbose=False)  # keys and values in F32
    same = total = 0
    for line in Path(sys.argv[2]).read_text().splitlines():
        row = json.loads(line)
        llama.reset()
        tokens = []
        for token in llama.generate(
                llama.tokenize(row["prompt"].encode(), add_bos=False, special=True), temp=0.0, repeat_penalty=1.0):
            if len(tokens) == row["tokens"] or token == llama.token_eos():
                break
            tokens.append(token)
        text = llama.detokenize(tokens).decode(errors="replace")
        total += 1
        same += text == row["completion"]
        if text != row["completion"]:
            print(row["id"], repr(row["completion"]), "llama.cpp:", repr(text))
    print(f"{Path(sys.argv[1]).name}: {same} of {total} answers are the same")
    sys.exit(same < total)


if __name__ == "__main__":
    main()
