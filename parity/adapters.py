"""Adapters that PEFT made on the tiny models of models.py, with the log-probabilities and the gradients that it
computes with them, and what it merges them into.

As in models.py every prompt + response is run alone, and numbers are recorded in float64.

Adapters with lora_dropout are run with masks that are drawn here as the doc comment of Betatron's Dropout says, in the
place of PEFT's random ones; the base's own dropout stays off.
"""


import shutil
import sys

from common import TORCH_RESOURCES, made_by, write_json

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

from models import SEED, Float64InsteadOfFloat32, log_probs, make_batch

OUT = TORCH_RESOURCES / "adapters"
ADAPTERS = {
    # name: (base, PEFT's settings)
    "all-linear": ("llama-gqa-scaled", dict(r=3, lora_alpha=6, target_modules="all-linear")),
    "biases-rslora": ("llama-tied-bias", dict(r=4, lora_alpha=3, use_rslora=True, target_modules=["q_proj", "down_proj"])),
    "dora": ("qwen2-tied-yarn", dict(r=2, lora_alpha=4, use_dora=True, target_modules="all-linear")),
    "fused-neox": ("gpt-neox-parallel", dict(r=3, lora_alpha=3, target_modules=["query_key_value", "dense_4h_to_h"])),
    "columns-dora": ("gpt2", dict(r=2, lora_alpha=5, use_dora=True, fan_in_fan_out=True, target_modules=["c_attn", "c_proj"])),
    "patterns": ("gemma2", dict(
        r=2, lora_alpha=4, target_modules=["q_proj", "o_proj", "up_proj"],
        rank_pattern={"up_proj": 4, "layers.0.self_attn.q_proj": 1}, alpha_pattern={"^model.layers.1.mlp.up_proj": 10})),
    "head": ("llama-gqa-scaled", dict(r=2, lora_alpha=2, target_modules=["v_proj", "lm_head"])),
    "reward": ("llama-gqa-scaled", dict(r=2, lora_alpha=4, target_modules="all-linear", task_type="SEQ_CLS")),
    "dropout": ("llama-gqa-scaled", dict(r=3, lora_alpha=6, lora_dropout=0.3, target_modules="all-linear")),
    "dropout-neox": ("gpt-neox-parallel", dict(
        r=3, lora_alpha=3, use_rslora=True, lora_dropout=0.1, target_modules=["query_key_value", "dense_4h_to_h"])),
    "dropout-columns": ("gpt2", dict(
        r=2, lora_alpha=5, lora_dropout=0.5, fan_in_fan_out=True, target_modules=["c_attn", "c_proj"])),
    "dropout-reward": ("llama-gqa-scaled", dict(
        r=2, lora_alpha=4, lora_dropout=0.2, target_modules="all-linear", task_type="SEQ_CLS")),
}


WORD = (1 << 64) - 1
STEP = 0x9E3779B97F4A7C15


def mix(z):
    z = (z + STEP) & WORD
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
    return z ^ (z >> 31)


def chain(start, numbers):
    for number in numbers:
        start = mix((start + number) & WORD)
        yield start


class DrawnDropout(torch.nn.Module):
    """What stands in the place of a map's torch.nn.Dropout; `ids` are the tokens that the model runs on."""

    ids = []

    def __init__(self, share, seed, weight):
        super().__init__()
        self.share, self.seed = share, seed
        *_, self.map = chain(0, map(ord, weight))

    def forward(self, x):
        kept = torch.ones_like(x)
        for row, hashed in enumerate(chain(mix(self.seed), self.ids)):
            start = mix(hashed ^ self.map)
            for i in range(x.shape[-1]):
                drawn = mix((start + i // 2 * STEP) & WORD)
                half = drawn >> 32 if i % 2 else drawn & 0xFFFFFFFF
                kept[0, row, i] = 0 if half < self.share * 2**32 else 1
        return x * kept / (1 - self.share)


def draw_dropout(peft, share, seed):
    for name, module in peft.named_modules():
        if hasattr(module, "lora_dropout"):
            module.lora_dropout["default"] = DrawnDropout(share, seed, name.removeprefix("base_model.model.") + ".weight")
    peft.get_base_model().register_forward_pre_hook(
        lambda _, args, kwargs: setattr(DrawnDropout, "ids", kwargs["input_ids"][0].tolist()), with_kwargs=True)


def randomize(model, seed):
    """Neither matrix is zero, and lengths differ from those of the base."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "magnitude" in name:
                parameter.mul_(1 + 0.1 * torch.randn(parameter.shape, generator=generator))
            elif parameter.requires_grad:
                parameter.copy_(0.25 * torch.randn(parameter.shape, generator=generator))


def short(name):
    """The name that a parameter has in the adapter's file."""
    name = name.replace(".default", "").replace(".modules_to_save", "")
    return name.removesuffix(".weight") if "magnitude" in name else name


def scores(model, groups):
    result = []
    for group in groups:
        for response in group["responses"]:
            ids = torch.tensor([group["prompt"] + response])
            result.append(model(input_ids=ids, use_cache=False).logits[0, 0])
    return torch.stack(result)


def run(model, groups, coefficients, reward):
    model.zero_grad()
    values = scores(model, groups) if reward else log_probs(model, groups)
    (values * torch.tensor(coefficients[: len(values)], dtype=values.dtype)).sum().backward()
    return values.detach(), {short(n): p.grad.clone() for n, p in model.named_parameters() if p.requires_grad}


def record(name, base, settings, seed):
    directory = OUT / name
    reward = settings.get("task_type") == "SEQ_CLS"
    kind = AutoModelForSequenceClassification if reward else AutoModelForCausalLM
    more = dict(num_labels=1, pad_token_id=0) if reward else {}
    torch.manual_seed(seed)
    model = kind.from_pretrained(TORCH_RESOURCES / base, dtype=torch.float32, attn_implementation="eager", **more)
    peft = get_peft_model(model, LoraConfig(**{"task_type": "CAUSAL_LM", **settings}))
    peft.peft_config["default"].base_model_name_or_path = "../../" + base
    randomize(peft, seed)
    shutil.rmtree(directory, ignore_errors=True)
    peft.save_pretrained(directory)
    (directory / "README.md").unlink(missing_ok=True)
    groups, coefficients, _ = make_batch(model.config.vocab_size, seed)
    # PEFT casts inputs to the adapter's format, so the double copy has to be double as a whole
    double = peft.double()
    dropout = settings.get("lora_dropout", 0)
    if dropout:
        draw_dropout(double, dropout, seed)
    module = sys.modules[type(model).__module__]
    module.torch = Float64InsteadOfFloat32()
    try:
        values, grads = run(double, groups, coefficients, reward)
    finally:
        module.torch = torch
    merged = PeftModel.from_pretrained(
        kind.from_pretrained(TORCH_RESOURCES / base, dtype=torch.float32, **more), directory).merge_and_unload()
    weights = {n: p.detach() for n, p in merged.named_parameters()}
    target = next(n for n in weights if n.endswith((
        "layers.1.self_attn.q_proj.weight", "layers.1.self_attn.v_proj.weight",
        "layers.1.attention.query_key_value.weight", "h.1.attn.c_attn.weight")))
    save_file({"grad." + n: g.float().contiguous() for n, g in grads.items()}
              | {"merged." + target: weights[target].float().contiguous()}, directory / "expected.safetensors")
    from importlib.metadata import version
    write_json(directory / "batch.json", {
        "made_by": made_by("adapters.py", seed, peft=version("peft"), attention="eager", computed_in="float64"),
        "base": base,
        **({"dropout": dropout, "dropout_seed": seed} if dropout else {}),
        "groups": groups,
        "coefficients": coefficients[: len(values)],
        "values_f64": values.tolist(),
        "merged": target,
    })
    print(name, "on", base, f"values {float(values.min()):.2f} .. {float(values.max()):.2f};",
          sum(g.numel() for g in grads.values()), "trained numbers")


if __name__ == "__main__":
    for index, (name, (base, settings)) in enumerate(ADAPTERS.items()):
        if not sys.argv[1:] or name in sys.argv[1:]:
            record(name, base, settings, SEED + 100 + index)
