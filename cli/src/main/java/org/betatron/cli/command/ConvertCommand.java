package org.betatron.cli.command;

import java.nio.file.Path;
import org.betatron.cli.display.Displays;
import org.betatron.runs.ModelConversion;
import org.betatron.runs.RunListener;
import org.betatron.runs.model.ModelPlace;
import org.betatron.torch.adapter.AdapterFiles;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `betatron convert`.
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        description = "Writes a GGUF file as a Hugging Face directory, or a Hugging Face directory as a GGUF file:"
                + " configuration, weights, tokenizer, chat template. Of an adapter, the adapter alone: betatron merge"
                + " writes it with its base.",
        footer = {
            "",
            "  betatron convert model.gguf models/base",
            "  betatron convert out/dpo/model model.gguf --type q8_0"
        })
final class ConvertCommand implements Runnable {

    @Parameters(index = "0", paramLabel = "MODEL", description = "The model to read: a directory, or a GGUF file.")
    private Path source = Path.of("");

    @Parameters(
            index = "1",
            paramLabel = "TARGET",
            description = "What to write: a name that ends in .gguf for a GGUF file, else a new or empty directory.")
    private Path target = Path.of("");

    @Option(
            names = "--type",
            paramLabel = WeightFormats.LABEL,
            description =
                    "Number format of the matrices (default: f16 in a GGUF file; in a directory, the narrowest that"
                            + " keeps the numbers as they are). q8_0 is for GGUF files.")
    private @Nullable String type;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        RunListener listener =
                Displays.of(spec.commandLine().getOut(), spec.commandLine().getErr());
        WeightFormats formats = new WeightFormats(spec, type);
        if (ModelPlace.isGguf(target) && AdapterFiles.isAdapter(source)) {
            ModelConversion.adapterToGguf(source, target, formats.ofGguf(), listener);
            formats.say(target, formats.ofGguf().name());
        } else if (ModelPlace.isGguf(target)) {
            ModelConversion.toGguf(source, target, formats.ofGguf(), listener);
            formats.say(target, formats.ofGguf().name());
        } else if (ModelPlace.isGguf(source)) {
            formats.say(
                    target,
                    ModelConversion.toDirectory(source, target, formats.ofDirectory(), listener)
                            .configName());
        } else {
            throw new ParameterException(
                    spec.commandLine(),
                    "one of the two must be a GGUF file, whose name ends in .gguf, but both are directories: " + source
                            + ", " + target);
        }
    }
}
