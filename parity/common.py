"""Shared by the scripts of this folder: where numbers go, and how a recorded file says what made it."""

import json
import os
import platform
from pathlib import Path

# Numbers are recorded on the CPU, from local files only.
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

ROOT = Path(__file__).resolve().parent.parent
TORCH_RESOURCES = ROOT / "torch/src/test/resources/org/betatron/torch/parity"
CORE_RESOURCES = ROOT / "core/src/test/resources/org/betatron/core/parity"
CLI_RESOURCES = ROOT / "cli/src/test/resources/org/betatron/cli/parity"


def made_by(script, seed, **more):
    """The first entry of every recorded JSON file."""
    from importlib.metadata import version

    names = ["torch", "transformers", "trl", "safetensors"]
    return {
        "script": "parity/" + Path(script).name,
        "seed": seed,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in names},
        **more,
    }


def rounded(value, digits=12):
    """Floats of a nested structure cut to `digits` significant digits, so that files stay small."""
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, dict):
        return {key: rounded(item, digits) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item, digits) for item in value]
    return value


def write_json(path, content):
    """One line per top-level key, one line per entry of a top-level list of objects: readable diffs, no bloat."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for key, value in content.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            text = "[\n    " + ",\n    ".join(json.dumps(item) for item in value) + "\n  ]"
        else:
            text = json.dumps(value)
        lines.append(f"  {json.dumps(key)}: {text}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
