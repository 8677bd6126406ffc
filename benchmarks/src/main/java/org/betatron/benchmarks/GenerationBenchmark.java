package org.betatron.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.betatron.core.sampling.SamplingSpec;
import org.betatron.data.tokenizer.Tokenizer;
import org.betatron.generation.GenerationListener;
import org.betatron.generation.GenerationSpec;
import org.betatron.generation.Generator;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.tensor.DataType;

/// Tokens per second of generation; `benchmarks/transformers_generate.py` does the same work with
/// `transformers` on the same weights.
///
/// Two workloads: `even`, where every prompt has 64 tokens and every answer 64, and `ragged`, where prompts
/// have 16 to 128 tokens and an answer ends with a chance of 1 in 64 at every token, as answers do.
///
/// Arguments: threads, then model directories with at least 50,304 tokens.
public final class GenerationBenchmark {

    private static final int REPETITIONS = 3;

    /// Other programs on the machine disturb processor time less than time.
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private static final int VOCABULARY = 50304;

    private GenerationBenchmark() {}

    /// A tokenizer without text, of which every id below `stops` ends an answer.
    private record Ids(int stops) implements Tokenizer {

        @Override
        public int[] encode(String text) {
            return new int[0];
        }

        @Override
        public String decode(int[] ids) {
            return "";
        }

        @Override
        public String piece(int id) {
            return String.valueOf(id);
        }

        @Override
        public int[] bosPrefix() {
            return new int[0];
        }

        @Override
        public int eosId() {
            return stops == 0 ? VOCABULARY : 0;
        }

        @Override
        public int[] stopIds() {
            return stops == 0
                    ? new int[] {VOCABULARY}
                    : IntStream.range(0, stops).toArray();
        }

        @Override
        public int vocabularySize() {
            return VOCABULARY;
        }
    }

    public static void main(String[] arguments) {
        NativeLibraries.setThreads(Integer.parseInt(arguments[0]));
        for (int i = 1; i < arguments.length; i++) {
            Path directory = Path.of(arguments[i]);
            try (TorchLanguageModel model = TorchLanguageModel.load(directory, DataType.FP32)) {
                for (int batchSize : new int[] {1, 16, 64}) {
                    List<int[]> prompts = prompts(batchSize, false);
                    GenerationSpec greedy = new GenerationSpec(SamplingSpec.GREEDY, 1, 64, List.of(), batchSize, 0);
                    print(directory, "even, greedy", batchSize, model, new Ids(0), prompts, greedy);
                    SamplingSpec filtered = new SamplingSpec(1, 50, 0.95, 0, 1);
                    print(
                            directory,
                            "even, top-k 50, top-p 0.95",
                            batchSize,
                            model,
                            new Ids(0),
                            prompts,
                            greedy.withSampling(filtered));
                }
                GenerationSpec drawn = new GenerationSpec(SamplingSpec.DEFAULT, 1, 256, List.of(), 16, 0);
                print(directory, "ragged, drawn", 16, model, new Ids(VOCABULARY / 64), prompts(128, true), drawn);
            }
        }
    }

    private static List<int[]> prompts(int count, boolean ragged) {
        List<int[]> prompts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = ragged ? 16 + i * 37 % 113 : 64;
            int[] prompt = new int[length];
            for (int t = 0; t < length; t++) {
                prompt[t] = 1000 + (i * 7919 + t * 104729) % 49000;
            }
            prompts.add(prompt);
        }
        return prompts;
    }

    private static void print(
            Path directory,
            String workload,
            int batchSize,
            TorchLanguageModel model,
            Tokenizer tokenizer,
            List<int[]> prompts,
            GenerationSpec spec) {
        double bestWall = 0;
        double bestProcessor = 0;
        for (int i = 0; i < REPETITIONS; i++) {
            long wall = System.nanoTime();
            long processor = PROCESS.getProcessCpuTime();
            long tokens = new Generator(model, tokenizer, spec)
                    .generate(prompts, GenerationListener.NONE).stream()
                            .mapToLong(answer -> answer.tokenIds().length)
                            .sum();
            bestWall = Math.max(bestWall, tokens / ((System.nanoTime() - wall) / 1e9));
            bestProcessor = Math.max(bestProcessor, tokens / ((PROCESS.getProcessCpuTime() - processor) / 1e9));
        }
        System.out.printf(
                Locale.ROOT,
                "%-12s %-28s batch %2d: %8.1f tokens/s, %8.1f tokens per second of processor time%n",
                directory.getFileName(),
                workload,
                batchSize,
                bestWall,
                bestProcessor);
    }
}
