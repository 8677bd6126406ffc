"""What a step costs on paper: the small model of docs/clusters.md. Prints its table.

    t(N) = work / (N rate)  +  exposed share * 8 P (N - 1) / N / bandwidth  +  4 N latency * buckets

P trained numbers: gradients go out and weights come back, 4 bytes each, (N - 1)/N of them leave a rank. Work is 6 operations for
each number and token (8 with recomputing). Gradients hide behind the last backward pass where there are several; weights do
not hide.
"""

BATCH_TOKENS = 64 * 1000  # 64 pairs of 1,000 tokens
RATES = {"a card, 400 TFLOP/s": 400e12, "a server of processors, 2 TFLOP/s": 2e12}
LATENCY = 10e-6  # of one message, in software
BUCKET = 4 << 20


def step(parameters, trained, ranks, rate, bandwidth, tokens, work_per_token=6):
    compute = work_per_token * parameters * tokens / (ranks * rate)
    if ranks == 1:
        return compute, 0.0
    one_way = 4 * trained * (ranks - 1) / ranks / bandwidth
    messages = max(1, trained // BUCKET) * ranks * LATENCY
    hidden = min(one_way, compute / 3)  # of gradients: the last layers' go while the backward pass is under way
    return compute, 2 * one_way - hidden + 2 * messages


if __name__ == "__main__":
    print("| model | trained | a rank is | network | computing, exchanging in s (efficiency) at 8 ranks | 64 | 512 |")
    print("|---|---|---|---|---|---|---|")
    for name, parameters in (("2.8B", 2.8e9), ("8B", 8e9)):
        for what, trained in (("all weights", parameters), ("LoRA, r = 16", 0.0052 * parameters)):
            for network, bandwidth in (("25 Gb/s", 25e9 / 8), ("400 Gb/s", 400e9 / 8)):
                for rank, rate in RATES.items():
                    cells = []
                    for ranks in (8, 64, 512):
                        compute, exchange = step(parameters, int(trained), ranks, rate, bandwidth, BATCH_TOKENS)
                        cells.append(f"{compute:.3g}, {exchange:.2g} ({compute / (compute + exchange):.0%})")
                    print(f"| {name} | {what} | {rank} | {network} | {' | '.join(cells)} |")
