package org.betatron.cli.command;

import java.nio.file.Path;
import java.util.Optional;
import org.betatron.cli.display.Displays;
import org.betatron.runs.ModelConversion;
import org.betatron.runs.RunListener;
import org.betatron.runs.model.ModelPlace;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Option(
            names = "--base",
            paramLabel = "MODEL",
            description = "The model that it is an adapter of (default: the one that its files name).")
    private @Nullable Path base;

    @Parameters(index = "1", paramLabel = "TARGET", description = WrittenModel.TARGET)
    private Path target = Path.of("");

    @Mixin
    private WrittenModel written = new WrittenModel();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        RunListener listener =
                Displays.of(spec.commandLine().getOut(), spec.commandLine().getErr());
        Path place = ModelConversion.adapter(adapter, Optional.ofNullable(base));
        if (ModelPlace.isGguf(target)) {
            ModelConversion.toGguf(place, target, written.ofGguf(), listener);
            written.say(target, written.ofGguf().name());
        } else {
            written.say(
                    target,
                    ModelConversion.merge(place, target, written.ofDirectory(), listener)
                            .configName());
        }
    }
}
