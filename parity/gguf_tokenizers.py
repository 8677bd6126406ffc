"""Writes small GGUF files with tokenizers of every kind that is read, and what llama.cpp makes of some texts.

`data/src/test/resources/org/betatron/data/tokenizer/gguf/<name>.gguf` and `tokens.json` beside them. Vocabularies are
trained here on this folder's own texts; the rule by which texts are split is the one that each file names.

    pip install gguf llama-cpp-python tokenizers
"""

from pathlib import Path

from common import ROOT, made_by, write_json

import gguf
from llama_cpp import Llama
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

OUT = ROOT / "data/src/test/resources/org/betatron/data/tokenizer/gguf"

TEXTS = [
    "", "a", " a", "  a", "Hello, world! How's it going? I'LL say IT'S fine.", "In 1984 there were 1234567 of 3.14.",
    "list:\n  1. one\n  2. two\n\n\n   3. three", "tabs\tand\r\nlines \n \n  end  ", "Grüße aus Köln, naïve café — “quoted”…",
    "日本語のテキスト、中文文本。 한국어", "emoji 👩‍👩‍👧 🎉!", "def f(x):\n    return x**2  # note\n", "a\u00a0b\u2003c\u3000d",
    "Ελληνικά и русский текст ١٢٣ ४५", "snake_case camelCase HTMLParser v2.0-beta", "<|begin|>system\nBe kind.<|end|>x <|end|>",
    "aaaaaaaaaaaaaaaaaaaaaaaa     bbbb", "100% of $5,000.00 @home #1", "I’m you’re we've HE'D", "ſ K Å ﬁ ½ Ⅷ",
]
SPLITS = ["gpt-2", "smollm", "llama-bpe", "qwen2", "tekken", "gpt-4o"]


def corpus():
    for path in sorted(list((ROOT / "docs").glob("*.md")) + [ROOT / "README.md"]):
        yield path.read_text()


def byte_pairs():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=700, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(corpus(), trainer)
    return tokenizer


def pieces():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    trainer = trainers.BpeTrainer(vocab_size=500, show_progress=False)
    tokenizer.train_from_iterator(corpus(), trainer)
    return tokenizer


def model_of(tokenizer):
    import json

    return json.loads(tokenizer.to_str())["model"]


def finish(writer, path):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    llama = Llama(str(path), vocab_only=True, verbose=False)
    return [llama.tokenize(text.encode(), add_bos=True, special=True) for text in TEXTS]


def write_byte_pairs(name, split, model, add_bos):
    path = OUT / (name + ".gguf")
    writer = gguf.GGUFWriter(path, "llama")
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    added = ["<|begin|>", "<|end|>", "<|tool|>"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(split)
    writer.add_token_list(tokens + added)
    writer.add_token_types([1] * len(tokens) + [3, 3, 4])
    writer.add_token_merges([" ".join(merge) for merge in model["merges"]])
    writer.add_bos_token_id(len(tokens))
    writer.add_eos_token_id(len(tokens) + 1)
    writer.add_add_bos_token(add_bos)
    return finish(writer, path)


def write_pieces(name, architecture, model, add_bos, space):
    path = OUT / (name + ".gguf")
    writer = gguf.GGUFWriter(path, architecture)
    first = ["<unk>", "<|begin|>", "<|end|>"]
    tokens = first + [f"<0x{byte:02X}>" for byte in range(256)]
    types = [2, 3, 3] + [6] * 256
    scores = [0.0] * len(tokens)
    singles = [token for token in sorted(model["vocab"], key=model["vocab"].get) if len(token) == 1]
    merged = ["".join(merge) for merge in model["merges"]]
    seen = set(tokens)
    # Letters come last, as sentencepiece writes them; a piece's score is its place.
    for rank, piece in enumerate(dict.fromkeys(merged + singles)):
        if piece not in seen:
            tokens.append(piece)
            scores.append(-float(rank))
            types.append(1)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(types)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(add_bos)
    writer.add_add_space_prefix(space)
    return finish(writer, path)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    content = {"made_by": made_by(__file__, 0), "texts": TEXTS}
    model = model_of(byte_pairs())
    for split in SPLITS:
        content[split] = write_byte_pairs(split, split, model, split == "llama-bpe")
    model = model_of(pieces())
    content["llama"] = write_pieces("llama", "llama", model, True, True)
    content["llama-no-space"] = write_pieces("llama-no-space", "llama", model, False, False)
    write_json(OUT / "tokens.json", content)


if __name__ == "__main__":
    main()
