package org.betatron.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.betatron.core.VisibleText;
import org.betatron.data.layout.AnswerFormat;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.layout.RowFormat;
import org.betatron.data.layout.TextFormat;
import org.betatron.data.load.DataSetLoader;
import org.betatron.data.load.DatasetReport;
import org.betatron.data.load.RowInspection;
import org.betatron.data.row.SourceRow;
import org.betatron.data.row.Truncation;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.runs.TransformAccount;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.place.DataPlace;
import org.betatron.runs.recipe.DataSection;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `betatron inspect`.
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description =
                "Shows what a data file becomes before any training: counts, lengths, cuts, drops, and single rows.")
final class InspectCommand implements Runnable {

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Preference files, or what --texts or --unpaired says.")
    private List<Path> files = List.of();

    @Option(
            names = {"--model", "--tokenizer"},
            required = true,
            paramLabel = "DIR",
            description = "Model or tokenizer directory.")
    private Path model = Path.of("");

    @ArgGroup
    private Kind kind = new Kind();

    /// What rows are, if not pairs.
    private static final class Kind {

        @Option(names = "--texts", description = "Read the files as texts for supervised fine-tuning.")
        private boolean texts;

        @Option(
                names = "--unpaired",
                description = "Read the files as single answers with a label; pairs become two of them.")
        private boolean unpaired;
    }

    @Option(names = "--row", paramLabel = "N", description = "Show row N in pieces, from 1; may be repeated.")
    private List<Integer> rows = List.of();

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "Most tokens of prompt and response (default ${DEFAULT-VALUE}).")
    private int maxTokens = DataSection.TRUNCATION.maxTokens();

    @Option(
            names = "--max-prompt-tokens",
            paramLabel = "N",
            description = "Most tokens of a cut prompt (default ${DEFAULT-VALUE}).")
    private int maxPromptTokens = DataSection.TRUNCATION.maxPromptTokens();

    @Mixin
    private RowOptions reading = new RowOptions();

    @Option(names = "--run", paramLabel = "DIR", description = "Show, too, what that run did to the rows.")
    private @Nullable Path run;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        if (run != null && (kind.texts || kind.unpaired)) {
            throw new ParameterException(
                    spec.commandLine(), "--run shows what a run did to pairs: it excludes --texts and --unpaired");
        }
        files = DataPlace.files(files);
        Optional<TransformAccount> account = Optional.ofNullable(run).map(TransformAccount::of);
        ModelSource source = new ModelSource(model);
        ModelSource.changes(source.directory())
                .forEach(change -> spec.commandLine().getErr().println("warning: " + VisibleText.of(change)));
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(source.directory())) {
            DataSetLoader loader = source.loader(tokenizer, Truncation.to(maxTokens, maxPromptTokens))
                    .by(reading.rules())
                    .within(source.limits())
                    .telling(row -> spec.commandLine().getErr().println(VisibleText.of(row.text())));
            var out = spec.commandLine().getOut();
            if (!rows.isEmpty()) {
                for (int row : rows) {
                    RowInspection inspection = inspection(loader, row);
                    out.println(VisibleText.of(inspection.text()));
                    account.ifPresent(done -> out.println(VisibleText.of(done.of(inspection))));
                }
                return;
            }
            out.println(VisibleText.of(report(loader).text()));
            account.ifPresent(done -> out.println(done.summary(files)));
            out.println("Tokenizer: %,d ids; texts begin with %s and end with %s"
                    .formatted(
                            tokenizer.vocabularySize(),
                            special(tokenizer, tokenizer.bosPrefix(), "nothing"),
                            special(tokenizer, new int[] {tokenizer.eosId()}, "")));
        }
    }

    private DatasetReport report(DataSetLoader loader) {
        if (kind.texts) {
            return loader.texts(files, TextFormat.AUTO).report();
        }
        return kind.unpaired
                ? loader.answers(files, AnswerFormat.AUTO).report()
                : loader.pairs(files, PreferenceFormat.AUTO).report();
    }

    private RowInspection inspection(DataSetLoader loader, int row) {
        if (row < 1) {
            throw new IllegalArgumentException("--row must be at least 1 but was " + row);
        }
        Path file = files.getFirst();
        RowFormat<? extends SourceRow<?>> format =
                kind.texts ? TextFormat.AUTO : kind.unpaired ? AnswerFormat.AUTO : PreferenceFormat.AUTO;
        List<RowInspection> inspections = loader.inspect(file, format, row);
        if (inspections.size() < row) {
            throw new IllegalArgumentException(
                    "--row must be at most " + inspections.size() + ", the rows of " + file + ", but was " + row);
        }
        return inspections.get(row - 1);
    }

    private static String special(HuggingFaceTokenizer tokenizer, int[] ids, String none) {
        if (ids.length == 0) {
            return none;
        }
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(tokenizer.piece(id)).append(" (").append(id).append(")");
        }
        return text.toString();
    }
}
