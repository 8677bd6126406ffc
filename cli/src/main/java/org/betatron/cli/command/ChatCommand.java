package org.betatron.cli.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.betatron.cli.display.Displays;
import org.betatron.core.model.LanguageModel;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.runs.ModelOpening;
import org.betatron.runs.Realignment;
import org.betatron.runs.RunEvent;
import org.betatron.runs.RunListener;
import org.betatron.runs.generation.Chat;
import org.betatron.runs.model.ModelSource;
import org.betatron.torch.compute.ComputeSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `betatron chat`.
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        description = "Talks with a model, line by line. /help shows the commands; /exit or the end of input ends.")
final class ChatCommand implements Runnable {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "MODEL",
            description = "Hugging Face directory, or GGUF file.")
    private Path model = Path.of("");

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description = "Divides the logits before a draw; 0 for the most probable token (default ${DEFAULT-VALUE}).")
    private double temperature = 0.7;

    @Option(names = "--plain", description = "Give what is typed to the model as it is, without a chat template.")
    private boolean plain;

    @Option(
            names = "--reference",
            paramLabel = "MODEL",
            description = "With --realign, the model that this one was aligned from (default: the base of an adapter).")
    private @Nullable Path reference;

    @Mixin
    private RealignOptions realign = new RealignOptions();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private GenerationOptions options = new GenerationOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        RunListener listener = Displays.of(out, spec.commandLine().getErr());
        ModelOpening models = ModelOpening.toldTo(listener);
        Realignment realignment = realign.realignmentOnly(model, reference);
        ComputeSpec compute = ComputeSpec.DEFAULT.on(device.device());
        try (HuggingFaceTokenizer tokenizer = new ModelSource(model).openTokenizer();
                LanguageModel languageModel = models.language(model, realignment, compute)) {
            if (realignment != null) {
                listener.heard(new RunEvent.Realigned(model, realignment));
            }
            Chat chat = Chat.with(languageModel, tokenizer, model, options.spec(temperature, 1), plain, out);
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            out.print("> ");
            out.flush();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.isBlank() && !chat.say(line.strip())) {
                    break;
                }
                out.print("> ");
                out.flush();
            }
            out.println();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what is typed", e);
        }
    }
}
