package org.betatron.cli.command;

import org.betatron.torch.device.ComputeDevice;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import picocli.CommandLine.TypeConversionException;

/// The device of commands that open a model without a recipe.
final class DeviceOption {

    static final String NAME = "--device";
    static final String LABEL = "cpu|cuda|cuda:N";

    @Option(
            names = NAME,
            paramLabel = LABEL,
            converter = Converter.class,
            description = "Where the model computes (default ${DEFAULT-VALUE}).")
    private ComputeDevice device = ComputeDevice.DEFAULT;

    @Spec(Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /// @throws ParameterException if it cannot be used here
    ComputeDevice device() {
        device.problem().ifPresent(problem -> {
            throw new ParameterException(spec.commandLine(), NAME + " " + problem);
        });
        return device;
    }

    static final class Converter implements ITypeConverter<ComputeDevice> {

        @Override
        public ComputeDevice convert(String text) {
            try {
                return ComputeDevice.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
