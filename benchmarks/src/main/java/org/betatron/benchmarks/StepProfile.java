package org.betatron.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.betatron.core.model.AdapterSpec;
import org.betatron.core.model.DifferentiableModel;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.PackedBatch;
import org.betatron.data.load.DataSetLoader;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.Truncation;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.optimizer.TorchOptimizer;

/// Where the time of a training step goes, part by part: wall time, processor time of all threads, page
/// faults.
///
/// Processor time is what to compare on a machine that others use too. Arguments: model directory, file
/// of pairs, pairs per micro-batch, repetitions, lanes (0 for as usual), the rank of an adapter if one is
/// trained, and its dropout.
public final class StepProfile {

    private final Map<String, List<double[]>> parts = new LinkedHashMap<>();
    private final int warmUp;
    private int repetition;

    private StepProfile(int warmUp) {
        this.warmUp = warmUp;
    }

    /// Profiles repeated steps on the first pairs of the file.
    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[0]);
        int batchSize = Integer.parseInt(arguments[2]);
        int repetitions = Integer.parseInt(arguments[3]);
        NativeLibraries.setThreads(Runtime.getRuntime().availableProcessors());
        List<TokenizedPair> pairs;
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory)) {
            pairs = new DataSetLoader(
                            tokenizer, ChatTemplate.load(directory), PromptStyle.AS_WRITTEN, Truncation.to(512, 511))
                    .pairs(List.of(Path.of(arguments[1])), PreferenceFormat.AUTO)
                    .rows();
        }
        ComputeSpec compute = arguments.length > 4
                ? ComputeSpec.DEFAULT.withLanes(Integer.parseInt(arguments[4]))
                : ComputeSpec.DEFAULT;
        StepProfile profile = new StepProfile(2);
        PackedBatch batch = pack(pairs.subList(0, batchSize));
        int rank = arguments.length > 5 ? Integer.parseInt(arguments[5]) : 0;
        double dropout = arguments.length > 6 ? Double.parseDouble(arguments[6]) : 0;
        try (TorchLanguageModel model = load(directory, compute, rank, dropout);
                TorchOptimizer optimizer = model.optimizer(OptimizerSpec.AdamW.DEFAULT)) {
            for (int i = 0; i < repetitions + profile.warmUp; i++) {
                profile.repetition = i;
                profile.step(model, optimizer, batch);
            }
        }
        profile.print(batch);
    }

    private static TorchLanguageModel load(Path directory, ComputeSpec compute, int rank, double dropout) {
        TorchLanguageModel model = TorchLanguageModel.load(directory, compute);
        if (rank > 0) {
            model.adapt(
                    new AdapterSpec.Lora(
                            rank, 2 * rank, List.of(AdapterSpec.Lora.ALL_LINEAR), false, false, dropout),
                    directory.toString(),
                    0);
        }
        return model;
    }

    private static PackedBatch pack(List<TokenizedPair> pairs) {
        PackedBatch.Builder builder = PackedBatch.builder();
        pairs.forEach(pair -> builder.add(pair.prompt(), pair.chosen(), pair.rejected()));
        return builder.build();
    }

    private void step(TorchLanguageModel model, TorchOptimizer optimizer, PackedBatch batch) {
        measure("score", () -> model.score(batch));
        DifferentiableModel inStep = model.dropping(repetition);
        try (ForwardPass pass = measure("forward", () -> inStep.forward(batch))) {
            float[] derivatives = new float[batch.numResponseTokens()];
            for (int i = 0; i < derivatives.length; i++) {
                derivatives[i] = i % 2 == 0 ? 1e-3F : -1e-3F;
            }
            measure("backward", () -> {
                pass.backward(derivatives);
                return 0;
            });
        }
        measure("gradient norm", optimizer::gradientNorm);
        measure("optimizer step", () -> {
            optimizer.step(1e-6, 0.5);
            return 0;
        });
    }

    private <T> T measure(String part, Supplier<T> work) {
        double[] before = ProcessCounters.read();
        T result = work.get();
        double[] after = ProcessCounters.read();
        if (repetition >= warmUp) {
            double[] spent = new double[after.length];
            Arrays.setAll(spent, i -> after[i] - before[i]);
            parts.computeIfAbsent(part, _ -> new ArrayList<>()).add(spent);
        }
        return result;
    }

    private void print(PackedBatch batch) {
        System.out.printf(
                Locale.ROOT,
                "%d groups, %d tokens, %d response tokens%n%-16s %10s %10s %10s %10s %10s%n",
                batch.numGroups(),
                batch.numTokens(),
                batch.numResponseTokens(),
                "part",
                "wall ms",
                "least ms",
                "cpu ms",
                "system ms",
                "faults");
        parts.forEach((part, spent) -> System.out.printf(
                Locale.ROOT,
                "%-16s %10.1f %10.1f %10.1f %10.1f %10.0f%n",
                part,
                median(spent, 0) * 1e3,
                spent.stream().mapToDouble(s -> s[0]).min().orElse(0) * 1e3,
                median(spent, 1) * 1e3,
                median(spent, 2) * 1e3,
                median(spent, 3)));
    }

    private static double median(List<double[]> spent, int counter) {
        double[] values = spent.stream().mapToDouble(s -> s[counter]).sorted().toArray();
        return values[values.length / 2];
    }
}
