"""DPO steps of TRL's own trainer on a tiny GPT-NeoX model, recorded number by number.

What is recorded as input is not text but the token ids that reached the model, read from the batches themselves, so
a disagreement can only come from the model, the loss, the clipping or the optimizer.
"""

import json
import random
import shutil
import sys
import tempfile
from pathlib import Path

from common import CLI_RESOURCES, made_by, rounded, write_json

import torch
from datasets import Dataset
from peft import LoraConfig
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, GPTNeoXConfig, PreTrainedTokenizerFast, PrinterCallback, TrainerCallback
from trl import DPOConfig, DPOTrainer

from models import randomize, saved_name, to_v4

SEED = 77
PAIRS = 200
BATCH = 4
MAX_LENGTH = 40
OUT = CLI_RESOURCES / "dpo-trl"
EOS, PAD = "<|endoftext|>", "<|pad|>"

LOGGED = ["loss", "rewards/chosen", "rewards/rejected", "rewards/margins", "rewards/accuracies", "logps/chosen",
          "logps/rejected", "grad_norm", "learning_rate"]
RUNS = {
    "adamw": dict(steps=50, optim="adamw_torch", learning_rate=5e-4, warmup_steps=5, weight_decay=0.0),
    "adamw-decay": dict(steps=20, optim="adamw_torch", learning_rate=1e-3, warmup_steps=5, weight_decay=0.1),
    # adapters, on whose base nothing moves
    "lora": dict(steps=30, optim="adamw_torch", learning_rate=5e-3, warmup_steps=5, weight_decay=0.0,
                 adapter=dict(r=4, lora_alpha=8, target_modules="all-linear")),
    "dora": dict(steps=30, optim="adamw_torch", learning_rate=5e-3, warmup_steps=5, weight_decay=0.0,
                 adapter=dict(r=2, lora_alpha=4, target_modules=["query_key_value", "dense_4h_to_h"], use_dora=True)),
    "rmsprop": dict(steps=20, optim="rmsprop", learning_rate=3e-4, warmup_steps=5, weight_decay=0.0),
}


def make_texts():
    rng = random.Random(SEED)
    things = ["the lake", "a kettle", "our garden", "the night train", "old bread", "a letter", "the moon", "my bicycle"]
    verbs = ["fix", "paint", "describe", "find", "cook", "explain", "sell", "count"]
    good = ["Start slowly and look twice", "Use warm water", "Ask a friend first", "Keep it simple", "It depends on the day",
            "Write it down", "Let it rest for an hour"]
    bad = ["No", "I do not know", "Why would you", "Just guess", "Whatever, who cares", "It is what it is, is it not"]
    rows = []
    for _ in range(PAIRS):
        prompt = f"Human: how do I {rng.choice(verbs)} {rng.choice(things)}?"
        if rng.random() < 0.3:
            prompt += f" And {rng.choice(things)}?"
        prompt += "\nAssistant:"
        pick = lambda pool: ". ".join(rng.sample(pool, rng.choice([1, 1, 2, 3])))
        chosen, rejected = pick(good), pick(bad)
        if rng.random() < 0.2:  # wrong labels keep the gradients, and so the clipping, alive to the last step
            chosen, rejected = rejected, chosen
        rows.append({"prompt": prompt, "chosen": f" {chosen}.", "rejected": f" {rejected}."})
    return rows


def make_tokenizer(rows):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=384, special_tokens=[EOS, PAD], show_progress=False,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator([row[key] for row in rows for key in ("prompt", "chosen", "rejected")], trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=EOS, pad_token=PAD)


def make_model(directory, vocab_size, tokenizer):
    config = GPTNeoXConfig(
        vocab_size=vocab_size, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=64, use_parallel_residual=True, layer_norm_eps=1e-5, hidden_act="gelu",
        bos_token_id=0, eos_token_id=0, attn_implementation="eager",
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.25})
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    randomize(model, SEED)
    shutil.rmtree(directory, ignore_errors=True)
    model.save_pretrained(directory)
    (directory / "generation_config.json").unlink(missing_ok=True)
    v4 = to_v4(json.loads((directory / "config.json").read_text()))
    (directory / "config.v4.json").write_text(json.dumps(v4, indent=2) + "\n")
    tokenizer.save_pretrained(directory)


class Recorder(TrainerCallback):
    """What the trainer logs, and the learning rate that the optimizer really used."""

    def __init__(self):
        self.logs, self.rates, self.groups = [], [], None

    def on_pre_optimizer_step(self, args, state, control, optimizer=None, **kwargs):
        self.rates.append(optimizer.param_groups[0]["lr"])
        self.groups = optimizer.param_groups

    def on_log(self, args, state, control, logs=None, **kwargs):
        if "rewards/chosen" in logs:
            self.logs.append({key: logs[key] for key in LOGGED})


class RecordingTrainer(DPOTrainer):
    """TRL's trainer, unchanged but for a copy kept of every batch it computes a loss for."""

    def compute_loss(self, model, inputs, *args, **kwargs):
        self.batches.append({key: inputs[key].clone() for key in ("input_ids", "attention_mask", "completion_mask")})
        return super().compute_loss(model, inputs, *args, **kwargs)


def pairs_of(batch):
    """Token ids without padding, as (prompt, chosen, rejected), from one collated batch."""
    rows = []
    for ids, attention, completion in zip(*(batch[k].tolist() for k in ("input_ids", "attention_mask", "completion_mask"))):
        length = sum(attention)
        start = completion.index(1)
        assert attention == [1] * length + [0] * (len(ids) - length)
        assert completion == [0] * start + [1] * (length - start) + [0] * (len(ids) - length)
        rows.append((ids[:start], ids[start:length]))
    half = len(rows) // 2
    result = []
    for (prompt, chosen), (same, rejected) in zip(rows[:half], rows[half:]):
        assert prompt == same
        result.append({"prompt": prompt, "chosen": chosen, "rejected": rejected})
    return result


def adapter_name(name):
    """The name that a trained number of an adapter has in its file."""
    name = name.removeprefix("base_model.model.").replace(".default", "")
    return name.removesuffix(".weight") if "magnitude" in name else name


def trained_name(model, name):
    return adapter_name(name) if "lora_" in name else saved_name(model, name)


def save_start(trainer, name):
    """The adapter before its first step, with the way to its base."""
    directory = OUT / name
    shutil.rmtree(directory, ignore_errors=True)
    trainer.model.peft_config["default"].base_model_name_or_path = "../start"
    trainer.model.save_pretrained(directory, selected_adapters=["default"])
    (directory / "README.md").unlink(missing_ok=True)


def train(directory, rows, tokenizer, attention, steps, optim, learning_rate, warmup_steps, weight_decay, adapter=None,
          name=None):
    arguments = dict(
        loss_type=["sigmoid"], beta=0.1, max_length=MAX_LENGTH, truncation_mode="keep_start", disable_dropout=True,
        per_device_train_batch_size=BATCH, gradient_accumulation_steps=1, max_steps=steps, num_train_epochs=1,
        optim=optim, learning_rate=learning_rate, lr_scheduler_type="constant_with_warmup", warmup_steps=warmup_steps,
        weight_decay=weight_decay, adam_beta1=0.9, adam_beta2=0.999, adam_epsilon=1e-8, max_grad_norm=1.0,
        bf16=False, fp16=False, gradient_checkpointing=False, train_sampling_strategy="sequential", seed=SEED)
    recorder = Recorder()
    with tempfile.TemporaryDirectory() as scratch:
        trainer = RecordingTrainer(
            model=str(directory), train_dataset=Dataset.from_list(rows), processing_class=tokenizer,
            callbacks=[recorder], peft_config=LoraConfig(task_type="CAUSAL_LM", **adapter) if adapter else None,
            args=DPOConfig(output_dir=scratch, use_cpu=True, logging_steps=1, logging_strategy="steps", save_strategy="no",
                           report_to="none", disable_tqdm=True, dataloader_num_workers=0,
                           model_init_kwargs={"dtype": "float32", "attn_implementation": attention}, **arguments))
        trainer.remove_callback(PrinterCallback)
        trainer.batches = []
        if adapter and name:
            save_start(trainer, name)
        trained = {n: p for n, p in trainer.model.named_parameters() if p.requires_grad}
        before = {n: p.detach().clone() for n, p in trained.items()}
        trainer.train()
    names = {id(p): trained_name(trainer.model, n) for n, p in trained.items()}
    decayed = [names[id(p)] for group in recorder.groups if group["weight_decay"] > 0 for p in group["params"]]
    group = {k: v for k, v in recorder.groups[0].items() if k not in ("params", "lr", "initial_lr")}
    weights = {}
    for n, original in trained.items():
        p = original.detach().double()
        weights[names[id(original)]] = {"sum": float(p.sum()), "l2": float(p.norm()), "moved_l2": float((p - before[n].double()).norm())}
    steps_log = [{"step": i + 1, "learning_rate_used": rate, **log}
                 for i, (log, rate) in enumerate(zip(recorder.logs, recorder.rates, strict=True))]
    return dict(arguments=arguments, optimizer=type(trainer.optimizer.optimizer).__name__, group=group, decayed=decayed,
                steps=steps_log, weights=weights, batches=trainer.batches,
                final={names[id(p)]: p.detach().clone() for p in trained.values()})


def largest_differences(one, other):
    return {key: max(abs(a[key] - b[key]) for a, b in zip(one["steps"], other["steps"], strict=True)) for key in LOGGED}


def main():
    rows = make_texts()
    tokenizer = make_tokenizer(rows)
    OUT.mkdir(parents=True, exist_ok=True)
    start = OUT / "start"
    if not sys.argv[1:]:
        make_model(start, len(tokenizer), tokenizer)
    pairs = None
    for name, run in RUNS.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        first = train(start, rows, tokenizer, "eager", **run, name=name)
        # the same arithmetic in another order: how far apart two correct implementations drift
        second = train(start, rows, tokenizer, "sdpa", **run)
        fed = [pair for batch in first["batches"] for pair in pairs_of(batch)]
        assert len(fed) == run["steps"] * BATCH
        if sys.argv[1:]:
            pairs = json.loads((OUT / "pairs.json").read_text())["pairs"]
        elif pairs is None:
            pairs = fed
            assert len(pairs) == PAIRS
            truncated = sum(len(p["prompt"]) + len(p[k]) == MAX_LENGTH and p[k][-1] != 0 for p in pairs for k in ("chosen", "rejected"))
            write_json(OUT / "pairs.json", {
                "made_by": made_by("dpo_trl.py", SEED, truncated_responses=truncated),
                "eos_token_id": tokenizer.eos_token_id, "max_length": MAX_LENGTH, "pairs": pairs})
            write_json(OUT / "texts.json", {"made_by": made_by("dpo_trl.py", SEED), "rows": rows})
        assert fed == pairs[: len(fed)]
        drift = {n: float((first["final"][n].double() - p.double()).norm()) for n, p in second["final"].items()}
        for n in first["weights"]:
            first["weights"][n]["l2_between_eager_and_sdpa"] = drift[n]
        write_json(OUT / f"{name}.json", {
            "made_by": made_by("dpo_trl.py", SEED, attention="eager"),
            "hyperparameters": first["arguments"],
            **({"adapter": run["adapter"]} if "adapter" in run else {}),
            "optimizer": {"class": first["optimizer"], **{k: v for k, v in first["group"].items() if v is not None},
                          "weight_decay": run["weight_decay"]},
            "decayed_parameters": first["decayed"],
            "steps": first["steps"],
            "final_weights": first["weights"],
            "largest_difference_between_eager_and_sdpa": largest_differences(first, second),
        })
        losses = [s["loss"] for s in first["steps"]]
        print(name, "loss", [round(l, 3) for l in losses[:: max(1, len(losses) // 10)]], "drift",
              {k: f"{v:.1e}" for k, v in largest_differences(first, second).items()},
              "norms", [round(s["grad_norm"], 2) for s in first["steps"][:6]])


if __name__ == "__main__":
    main()
