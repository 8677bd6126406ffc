package org.betatron.cli.command;

import java.nio.file.Path;
import org.betatron.cli.display.Displays;
import org.betatron.runs.ModelConversion;
import org.betatron.runs.RunListener;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.place.ModelName;
import org.betatron.torch.adapter.AdapterFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

    @Parameters(index = "1", paramLabel = "TARGET", description = WrittenModel.TARGET)
    private Path target = Path.of("");

    @Mixin
    private WrittenModel written = new WrittenModel();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        source = ModelName.path(source);
        RunListener listener =
                Displays.of(spec.commandLine().getOut(), spec.commandLine().getErr());
        if (ModelPlace.isGguf(target) && AdapterFiles.isAdapter(source)) {
            ModelConversion.adapterToGguf(source, target, written.ofGguf(), listener);
            written.say(target, written.ofGguf().name());
        } else if (ModelPlace.isGguf(target)) {
            ModelConversion.toGguf(source, target, written.ofGguf(), listener);
            written.say(target, written.ofGguf().name());
        } else if (ModelPlace.isGguf(source)) {
            written.say(
                    target,
                    ModelConversion.toDirectory(source, target, written.ofDirectory(), listener)
                            .configName());
        } else {
            throw new ParameterException(
                    spec.commandLine(),
                    "one of the two must be a GGUF file, whose name ends in .gguf, but both are directories: " + source
                            + ", " + target);
        }
    }
}
