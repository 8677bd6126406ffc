package org.betatron.cli.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.betatron.cli.display.Displays;
import org.betatron.core.sampling.SamplingSpec;
import org.betatron.data.layout.RowRules;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.generation.GenerationResult;
import org.betatron.runs.generation.GenerationRun;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `betatron generate`.
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        description = "Answers prompts: the most probable tokens, or several samples.")
final class GenerateCommand implements Runnable {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "MODEL",
            description = "Hugging Face directory, or GGUF file.")
    private Path model = Path.of("");

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description =
                    "What to answer, \\n for a line break; may be repeated. Written with the model's chat template,"
                            + " where it has one.")
    private List<String> prompts = List.of();

    @Option(names = "--raw", description = "Continue the text of --prompt as it is, without a chat template.")
    private boolean raw;

    @Option(
            names = "--prompts",
            paramLabel = "FILE",
            description = "Answer the prompts of a file: pairs, or rows with a prompt; may be repeated.")
    private List<Path> files = List.of();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Write answers as JSON lines as they are complete, instead of printing them.")
    private @Nullable Path out;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description = "Divides the logits before a draw; 0 for the most probable token (default ${DEFAULT-VALUE}).")
    private double temperature = SamplingSpec.GREEDY.temperature();

    @Option(names = "--samples", paramLabel = "N", description = "Answers to each prompt (default ${DEFAULT-VALUE}).")
    private int samples = GenerationSpec.DEFAULT.samples();

    @Option(
            names = "--reference",
            paramLabel = "MODEL",
            description = "With --realign, the model that this one was aligned from (default: the base of an adapter).")
    private @Nullable Path reference;

    @Mixin
    private RealignOptions realign = new RealignOptions();

    @Mixin
    private RowOptions reading = new RowOptions();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private GenerationOptions options = new GenerationOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        if (prompts.isEmpty() == files.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "either --prompt TEXT or --prompts FILE must be given");
        }
        if (raw && prompts.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--raw says how --prompt is read: rows of --prompts say themselves what they are");
        }
        RowRules rules = reading.rules();
        if (files.isEmpty() && !rules.equals(RowRules.DEFAULT)) {
            throw new ParameterException(
                    spec.commandLine(), "--field and --on-bad-row say how files are read: they need --prompts FILE");
        }
        if (out != null) {
            Outputs.requireOther(spec, out, files, model, reference);
        }
        PrintWriter printer = spec.commandLine().getOut();
        PrintWriter errors = spec.commandLine().getErr();
        GenerationResult result = new GenerationRun(
                        model,
                        prompts.stream().map(GenerationOptions::unescaped).toList(),
                        raw,
                        files,
                        rules,
                        options.spec(temperature, samples),
                        realign.realignmentOnly(model, reference),
                        device.device(),
                        out)
                // Where answers are printed, nothing else is.
                .run(Displays.of(out == null ? errors : printer, errors));
        if (out == null) {
            result.answers().forEach(answer -> printer.println(answer.text()));
        } else {
            printer.printf(
                    Locale.ROOT,
                    "%,d answers written to %s: %,d tokens in %.1f s, %,.0f tokens/s%n",
                    result.answers().size(),
                    out,
                    result.tokens(),
                    result.seconds(),
                    result.tokens() / result.seconds());
        }
    }
}
