package org.betatron.cli.command;

import java.nio.file.Path;
import org.betatron.runs.Realignment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// How far from its reference a command answers.
final class RealignOptions {

    private static final String NAME = "--realign";

    @Option(
            names = NAME,
            paramLabel = "LAMBDA",
            description =
                    "Mix the logits with those of the reference: (1 - LAMBDA) of its, LAMBDA of the model's. 0: the"
                            + " reference, 1: the model, above 1: beyond. Stands for training at beta / LAMBDA only where the"
                            + " model is the optimum at beta.")
    private @Nullable Double lambda;

    @Spec(Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /// @param reference null for the base of an adapter
    /// @return what is mixed; null where nothing is
    @Nullable
    Realignment realignment(Path model, @Nullable Path reference) {
        if (lambda == null) {
            return null;
        }
        try {
            return Realignment.of(lambda, model, reference);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), NAME + ": " + e.getMessage(), e);
        }
    }

    /// @param reference has no other use in the command
    /// @throws ParameterException as well if there is one and nothing is mixed
    @Nullable
    Realignment realignmentOnly(Path model, @Nullable Path reference) {
        if (lambda == null && reference != null) {
            throw new ParameterException(
                    spec.commandLine(), "--reference is what " + NAME + " mixes the model with: it needs " + NAME);
        }
        return realignment(model, reference);
    }
}
