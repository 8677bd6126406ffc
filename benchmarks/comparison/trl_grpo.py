"""Steps of TRL's GRPOTrainer, measured from inside; prints one JSON object.

    trl_grpo.py --model DIR --prompts PROMPTS.jsonl --work DIR [--prompts-per-step 4] [--max-tokens 128]

PROMPTS.jsonl has lines with "prompt". Answers are drawn by transformers at temperature 1 from the whole vocabulary, all
of a step in one batch; the reward is the number of tokens; every step generates for new prompts and then takes one
optimizer step over all answers, `--micro` answers at a time. There is no gradient checkpointing, and log-probs are not
computed before the update, since TRL needs no old ones in this setup. The first step is not counted.
"""

import argparse
import json
import resource
import sys
import time
from statistics import mean

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--model", required=True)
parser.add_argument("--prompts", required=True)
parser.add_argument("--work", required=True, help="where caches and output go")
parser.add_argument("--prompts-per-step", type=int, default=4)
parser.add_argument("--generations", type=int, default=8, help="answers to each prompt")
parser.add_argument("--max-tokens", type=int, default=128, help="of an answer")
parser.add_argument("--min-tokens", type=int, default=0, help="of an answer; as --max-tokens: all are equally long")
parser.add_argument("--steps", type=int, default=4, help="the first is not counted")
parser.add_argument("--micro", type=int, default=8, help="answers of a forward and backward pass")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--beta", type=float, default=0.0, help="of the KL penalty; 0 has no reference model")
parser.add_argument("--loss", default="grpo", help="loss_type of TRL")
args = parser.parse_args()
if args.steps < 2:
    parser.error("--steps must be at least 2: the first is not counted")
answers = args.prompts_per_step * args.generations
if answers % args.micro:
    parser.error(f"--micro {args.micro} does not divide the {answers} answers of a step")

import torch  # noqa: E402

torch.set_num_threads(args.threads)
torch.set_flush_denormal(True)

from datasets import load_dataset  # noqa: E402
from transformers import AutoTokenizer, PrinterCallback, ProgressCallback, TrainerCallback  # noqa: E402
from trl import GRPOConfig, GRPOTrainer  # noqa: E402


class Clock(TrainerCallback):
    def __init__(self):
        self.begun, self.seconds, self.cpu_begun, self.cpu = None, [], None, []

    def on_step_begin(self, *_, **__):
        self.begun, self.cpu_begun = time.perf_counter(), time.process_time()

    def on_step_end(self, *_, **__):
        self.seconds.append(time.perf_counter() - self.begun)
        self.cpu.append(time.process_time() - self.cpu_begun)


class Trainer(GRPOTrainer):
    """Unchanged, but the time of what comes before the update is taken."""

    def __init__(self, *positional, **named):
        self.generating, self.scoring, self.preparing, self.answer_tokens = [], [], [], []
        super().__init__(*positional, **named)

    def _generate_and_score_completions(self, *positional, **named):
        begun = time.perf_counter()
        result = super()._generate_and_score_completions(*positional, **named)
        self.preparing.append(time.perf_counter() - begun)
        self.answer_tokens.append(int(result["completion_mask"].sum()))
        # what is neither generation nor update: rewards, advantages, and log-probs of the reference
        self.scoring.append(self.preparing[-1] - self.generating[-1])
        return result

    def _generate(self, *positional, **named):
        begun = time.perf_counter()
        result = super()._generate(*positional, **named)
        self.generating.append(time.perf_counter() - begun)
        return result


def length(completion_ids, **_):
    return [float(len(ids)) for ids in completion_ids]


tokenizer = AutoTokenizer.from_pretrained(args.model)
rows = load_dataset("json", data_files=args.prompts, split="train", cache_dir=f"{args.work}/datasets")
rows = rows.select_columns("prompt")
needed = args.prompts_per_step * args.steps
if len(rows) < needed:
    sys.exit(f"{args.prompts} has {len(rows)} prompts, {needed} are needed for {args.steps} steps")
clock = Clock()
config = GRPOConfig(
    output_dir=f"{args.work}/out",
    model_init_kwargs={"dtype": "float32"},
    per_device_train_batch_size=args.micro,
    gradient_accumulation_steps=answers // args.micro,
    steps_per_generation=answers // args.micro,
    num_generations=args.generations,
    max_completion_length=args.max_tokens,
    generation_kwargs={"min_new_tokens": args.min_tokens} if args.min_tokens else None,
    temperature=1.0,
    top_k=0,
    top_p=1.0,
    max_steps=args.steps,
    loss_type=args.loss,
    beta=args.beta,
    shuffle_dataset=False,
    gradient_checkpointing=False,
    bf16=False,
    use_cpu=True,
    optim="adamw_torch",
    learning_rate=1e-6,
    lr_scheduler_type="constant",
    weight_decay=0.0,
    max_grad_norm=1.0,
    save_strategy="no",
    report_to=[],
    disable_tqdm=True,
    logging_steps=1000000,
    seed=0,
)
trainer = Trainer(model=args.model, args=config, train_dataset=rows, reward_funcs=length, processing_class=tokenizer,
                  callbacks=[clock])
trainer.remove_callback(PrinterCallback)
trainer.remove_callback(ProgressCallback)
trainer.train()
step = mean(clock.seconds[1:])
updating = [whole - before for whole, before in zip(clock.seconds, trainer.preparing, strict=True)]
print(json.dumps({
    "completionsPerSecond": answers / step,
    "completionsPerCpuSecond": answers / mean(clock.cpu[1:]),
    "tokensPerSecond": mean(trainer.answer_tokens[1:]) / step,
    "generationSeconds": mean(trainer.generating[1:]),
    "scoringSeconds": mean(trainer.scoring[1:]),
    "updateSeconds": mean(updating[1:]),
    "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "completionsPerStep": answers,
    "meanTokens": mean(trainer.answer_tokens[1:]) / answers,
    "stepSeconds": clock.seconds,
    "stepCpuSeconds": clock.cpu,
}))
