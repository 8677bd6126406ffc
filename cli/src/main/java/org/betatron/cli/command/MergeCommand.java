package org.betatron.cli.command;

import java.nio.file.Path;
import java.util.Optional;
import org.betatron.cli.display.Displays;
import org.betatron.runs.ModelConversion;
import org.betatron.runs.RunListener;
import org.betatron.runs.model.ModelPlace;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `betatron merge`.
@Command(
        name = "merge",
        mixinStandardHelpOptions = true,
        description = "Puts an adapter into the weights of its base: a model that needs neither.",
        footer = {
            "",
            "  betatron merge out/dpo/model models/aligned",
            "  betatron merge out/dpo/model aligned.gguf --type q8_0",
            "  betatron merge someones-adapter models/aligned --base models/base"
        })
final class MergeCommand implements Runnable {

    @Parameters(
            index = "0",
            paramLabel = "ADAPTER",
            description = "Directory with adapter_config.json, as PEFT has it.")
    private Path adapter = Path.of("");

    @Parameters(
            index = "1",
            paramLabel = "TARGET",
            description = "What to write: a name that ends in .gguf for a GGUF file, else a new or empty directory.")
    private Path target = Path.of("");

    @Option(
            names = "--base",
            paramLabel = "MODEL",
            description = "The model that it is an adapter of (default: the one that its files name).")
    private @Nullable Path base;

    @Option(
            names = "--type",
            paramLabel = WeightFormats.LABEL,
            description = "Number format of the matrices (default: f16 in a GGUF file, f32 in a directory).")
    private @Nullable String type;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        RunListener listener =
                Displays.of(spec.commandLine().getOut(), spec.commandLine().getErr());
        WeightFormats formats = new WeightFormats(spec, type);
        Path place = ModelConversion.adapter(adapter, Optional.ofNullable(base));
        if (ModelPlace.isGguf(target)) {
            ModelConversion.toGguf(place, target, formats.ofGguf(), listener);
            formats.say(target, formats.ofGguf().name());
        } else {
            formats.say(
                    target,
                    ModelConversion.merge(place, target, formats.ofDirectory(), listener)
                            .configName());
        }
    }
}
