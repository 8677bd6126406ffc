package org.betatron.cli.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.betatron.core.sampling.SamplingSpec;
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
            description = "Text to continue, \\n for a line break; may be repeated.")
    private List<String> prompts = List.of();

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
        PrintWriter printer = spec.commandLine().getOut();
        GenerationResult result = new GenerationRun(
                        model,
                        prompts.stream().map(GenerationOptions::unescaped).toList(),
                        files,
                        options.spec(temperature, samples),
                        device.device(),
                        out)
                .run();
        if (!result.leftOut().isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println(result.leftOut().size() + " of "
                            + (result.leftOut().size() + result.prompts().size())
                            + " prompts fill the model's positions and are left out: "
                            + String.join(", ", result.leftOut()));
        }
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
