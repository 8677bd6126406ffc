"""Reading a file of pairs into token ids, beside the `tokenizers` library on the same texts.

    reading.py --data HH --tokenizer NEOX --java 'java ... ReadingBenchmark' --rows 1000000 --rounds 1

The library's time is that of its calls alone: reading, parsing and taking results apart is left out.
"""

import argparse
import glob
import gzip
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time

MARKER = "\n\nAssistant:"


def pairs(directory):
    """Rows of Anthropic HH that nobody drops, each as prompt, chosen and rejected."""
    rows = []
    for file in sorted(glob.glob(os.path.join(directory, "*.jsonl.gz"))):
        for line in gzip.open(file, "rt", encoding="utf-8"):
            row = json.loads(line)
            texts = split(row)
            if texts and all(text.strip() for text in texts) and texts[1].strip() != texts[2].strip():
                rows.append(row)
    return rows


def split(row):
    chosen, rejected = row["chosen"], row["rejected"]
    end = chosen.rfind(MARKER) + len(MARKER)
    if chosen[:end] != rejected[: rejected.rfind(MARKER) + len(MARKER)]:
        return None
    return chosen[:end], chosen[end:], rejected[end:]


def write(rows, count, file):
    """Repeats the rows; later rounds differ by a number in question and answers."""
    with open(file, "w", encoding="utf-8") as out:
        for i in range(count):
            row, turn = rows[i % len(rows)], i // len(rows)
            if turn:
                prompt, chosen, rejected = split(row)
                prompt = prompt.replace("Human:", f"Human: ({turn})", 1)
                row = {"chosen": f"{prompt}{chosen} {turn}", "rejected": f"{prompt}{rejected} {turn}"}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def bare(tokenizer, file, method):
    """Tokenizes every text of the file with the library and prints what its calls took."""
    from tokenizers import Tokenizer

    encode = getattr(Tokenizer.from_file(os.path.join(tokenizer, "tokenizer.json")), method)
    rows = tokens = 0
    seconds = cpu = 0.0
    texts = []

    def run():
        nonlocal tokens, seconds, cpu
        wall, processor = time.perf_counter(), time.process_time()
        encodings = encode(texts, add_special_tokens=False)
        seconds += time.perf_counter() - wall
        cpu += time.process_time() - processor
        tokens += sum(len(encoding) for encoding in encodings)
        texts.clear()

    with open(file, encoding="utf-8") as lines:
        for line in lines:
            texts.extend(split(json.loads(line)))
            rows += 1
            if len(texts) >= 3 * 512:
                run()
    if texts:
        run()
    print(json.dumps({"rows": rows, "tokens": tokens, "seconds": seconds, "cpuSeconds": cpu}))


def show(name, result):
    rate = f"{result['rows'] / result['seconds']:7.0f} rows/s {result['tokens'] / result['seconds']:9.0f} tokens/s"
    print(f"{name:18} {rate} {result['rows'] / result['cpuSeconds']:7.0f} rows per s of processor  {result}", flush=True)


def call(command, threads):
    environment = dict(os.environ, RAYON_NUM_THREADS=str(threads), TOKENIZERS_PARALLELISM="true")
    command = ["taskset", "-c", f"0-{threads - 1}", *command]
    out = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(out.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="directory with files of Anthropic HH")
    parser.add_argument("--tokenizer", required=True, help="directory with a tokenizer.json")
    parser.add_argument("--java", required=True, help="command that reads a file, without its arguments")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--methods", default="encode_batch,encode_batch_fast", help="of the library")
    parser.add_argument("--bare", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.bare:
        bare(arguments.tokenizer, arguments.bare, arguments.methods)
        return
    with tempfile.TemporaryDirectory() as directory:
        file = os.path.join(directory, "pairs.jsonl")
        write(pairs(arguments.data), arguments.rows, file)
        print(f"{arguments.rows} rows, {os.path.getsize(file) / 2**20:.0f} MiB", flush=True)
        for _ in range(arguments.rounds):
            read = call([*shlex.split(arguments.java), arguments.tokenizer, file], arguments.threads)
            show("betatron", read)
            for method in filter(None, arguments.methods.split(",")):
                this = [sys.executable, __file__, "--data", "-", "--java", "-"]
                options = ["--tokenizer", arguments.tokenizer, "--bare", file, "--methods", method]
                plain = call(this + options, arguments.threads)
                show(method, plain)
                # Every response has one end token more.
                assert plain["rows"] == read["rows"] and plain["tokens"] + 2 * plain["rows"] == read["tokens"]


if __name__ == "__main__":
    main()
