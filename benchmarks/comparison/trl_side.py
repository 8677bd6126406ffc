"""One run of TRL's DPOTrainer, measured from inside. Started by compare.py; prints one JSON object."""

import argparse
import json
import time

parser = argparse.ArgumentParser()
parser.add_argument("--model")
parser.add_argument("--data")
parser.add_argument("--work")
parser.add_argument("--batch", type=int)
parser.add_argument("--micro", type=int)
parser.add_argument("--steps", type=int)
parser.add_argument("--threads", type=int)
parser.add_argument("--reference", choices=["beside", "ahead"], help="a second model in every step, or computed first and kept on disk")
parser.add_argument("--reference-batch", type=int)
parser.add_argument("--only-reference", action="store_true")
parser.add_argument("--zeros", action="store_true", help="put zeros for the reference: where only the time to start counts")
parser.add_argument("--lora", type=int, default=0, help="rank of an adapter on all maps; 0 for all weights")
parser.add_argument("--launched", type=float, help="time.time() when the process was started")
args = parser.parse_args()

import torch  # noqa: E402

torch.set_num_threads(args.threads)
torch.set_flush_denormal(True)

from datasets import load_dataset  # noqa: E402
from transformers import AutoTokenizer, PrinterCallback, ProgressCallback, TrainerCallback  # noqa: E402
from trl import DPOConfig, DPOTrainer  # noqa: E402


class Clock(TrainerCallback):
    def __init__(self):
        self.begun, self.first, self.seconds, self.cpu_begun, self.cpu = None, None, [], None, []

    def on_step_begin(self, *_, **__):
        self.begun, self.cpu_begun = time.perf_counter(), time.process_time()

    def on_step_end(self, *_, **__):
        self.seconds.append(time.perf_counter() - self.begun)
        self.cpu.append(time.process_time() - self.cpu_begun)
        if self.first is None:
            self.first = time.time() - args.launched


class Trainer(DPOTrainer):
    """Unchanged, but the time of the reference is taken."""

    reference_seconds = 0.0

    def compute_ref_log_probs(self, model, inputs):
        if args.zeros:
            rows = len(inputs["input_ids"]) // 2
            return torch.zeros(rows), torch.zeros(rows)
        return super().compute_ref_log_probs(model, inputs)

    def _precompute_ref_logps(self, *positional, **named):
        begun = time.perf_counter()
        result = super()._precompute_ref_logps(*positional, **named)
        self.reference_seconds += time.perf_counter() - begun
        return result


tokenizer = AutoTokenizer.from_pretrained(args.model)
rows = load_dataset("json", data_files=args.data, split="train", cache_dir=f"{args.work}/datasets")
clock = Clock()
config = DPOConfig(
    output_dir=f"{args.work}/out",
    per_device_train_batch_size=args.micro,
    gradient_accumulation_steps=args.batch // args.micro,
    max_steps=args.steps,
    max_length=512,
    precompute_ref_log_probs=args.reference == "ahead",
    precompute_ref_batch_size=args.reference_batch,
    gradient_checkpointing=False,
    bf16=False,
    use_cpu=True,
    optim="adamw_torch",
    learning_rate=1e-6,
    lr_scheduler_type="constant",
    weight_decay=0.0,
    max_grad_norm=10.0,
    beta=0.1,
    train_sampling_strategy="sequential",
    save_strategy="no",
    report_to=[],
    disable_tqdm=True,
    logging_steps=1000000,
    seed=0,
)
adapter = None
if args.lora:
    from peft import LoraConfig
    adapter = LoraConfig(r=args.lora, lora_alpha=2 * args.lora, target_modules="all-linear", task_type="CAUSAL_LM")
trainer = Trainer(
    model=args.model, args=config, train_dataset=rows, processing_class=tokenizer, callbacks=[clock], peft_config=adapter)
trainer.remove_callback(PrinterCallback)
trainer.remove_callback(ProgressCallback)
if not args.only_reference:
    trainer.train()
print(json.dumps({
    "stepSeconds": clock.seconds,
    "stepCpuSeconds": clock.cpu,
    "firstStepSeconds": clock.first,
    "referenceSeconds": trainer.reference_seconds,
    "rows": len(trainer.train_dataset),
}))
