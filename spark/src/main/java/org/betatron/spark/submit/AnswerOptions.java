package org.betatron.spark.submit;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.betatron.core.sampling.SamplingSpec;
import org.betatron.data.layout.RowRules;
import org.betatron.data.layout.RowRules.OnBadRow;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.recipe.FieldsSection;
import org.betatron.spark.AnswerRequest;
import org.betatron.torch.device.ComputeDevice;
import picocli.CommandLine.Option;

/// Who answers, how, and how rows are read: the options of `betatron generate` under their names.
final class AnswerOptions {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "MODEL",
            description = "Model that answers. Executors read it under the same path.")
    private Path model = Path.of("");

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description = "Divides the logits before a draw; 0 for the most probable token (default ${DEFAULT-VALUE}).")
    private double temperature = SamplingSpec.GREEDY.temperature();

    @Option(names = "--samples", paramLabel = "N", description = "Answers to each prompt (default ${DEFAULT-VALUE}).")
    private int samples = GenerationSpec.DEFAULT.samples();

    @Option(names = "--top-k", paramLabel = "N", description = "Draw from the N most probable tokens.")
    private int topK = SamplingSpec.DEFAULT.topK();

    @Option(
            names = "--top-p",
            paramLabel = "X",
            description = "Draw from the fewest tokens that reach this probability together.")
    private double topP = SamplingSpec.DEFAULT.topP();

    @Option(
            names = "--min-p",
            paramLabel = "X",
            description = "Draw from tokens at least X times as probable as the most probable one.")
    private double minP = SamplingSpec.DEFAULT.minP();

    @Option(
            names = "--repetition-penalty",
            paramLabel = "X",
            description = "Make tokens that occurred less probable, > 1.")
    private double repetitionPenalty = SamplingSpec.DEFAULT.repetitionPenalty();

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            description = "Most tokens of an answer (default ${DEFAULT-VALUE}).")
    private int maxNewTokens = GenerationSpec.DEFAULT.maxNewTokens();

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            description = "Text that ends an answer, \\n for a line break; may be repeated.")
    private List<String> stop = List.of();

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Answers written at the same time in an executor (default ${DEFAULT-VALUE}).")
    private int batchSize = GenerationSpec.DEFAULT.batchSize();

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the draws (default ${DEFAULT-VALUE}).")
    private long seed = GenerationSpec.DEFAULT.seed();

    @Option(
            names = "--field",
            paramLabel = "NAME=PATH",
            description = "Where the rows have a field of their layout, as data.fields of a recipe; may be repeated.")
    private Map<String, String> fields = Map.of();

    @Option(
            names = "--columns",
            split = ",",
            paramLabel = "NAME",
            description = "Columns to read, as if there were no others.")
    private List<String> columns = List.of();

    @Option(
            names = "--on-bad-row",
            paramLabel = "HOW",
            description = "What becomes of rows that cannot be read: refuse (default) or drop.")
    private OnBadRow onBadRow = OnBadRow.REFUSE;

    @Option(names = "--device", paramLabel = "DEVICE", description = "Where models compute: cpu, cuda or cuda:N.")
    private String device = ComputeDevice.DEFAULT.toString();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of a model (default 0: spark.executor.cores, or one per core).")
    private int threads;

    /// @throws IllegalArgumentException if a value is out of range
    AnswerRequest request() {
        Map<String, String> paths = new HashMap<>(fields);
        String ignore = paths.remove("ignore");
        RowRules rules = FieldsSection.of(paths, ignore == null ? List.of() : List.of(ignore.split(",", -1)))
                .rules(onBadRow)
                .withColumns(columns);
        GenerationSpec spec = new GenerationSpec(
                new SamplingSpec(temperature, topK, topP, minP, repetitionPenalty),
                samples,
                maxNewTokens,
                stop.stream().map(text -> text.replace("\\n", "\n")).toList(),
                batchSize,
                seed);
        if (threads < 0) {
            throw new IllegalArgumentException("--threads must be at least 0 but was " + threads);
        }
        return new AnswerRequest(model, rules, spec, ComputeDevice.parse(device), threads);
    }
}
