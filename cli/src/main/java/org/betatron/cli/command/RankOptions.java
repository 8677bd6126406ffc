package org.betatron.cli.command;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.betatron.core.rank.RankPlace;
import org.betatron.runs.RunListener;
import org.betatron.runs.RunRequest;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeChecks;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// How many processes make a run together. Each is told its place by variables of the environment
/// ([RankPlace]), which a launcher of clusters sets; `--ranks` starts them on this machine.
final class RankOptions {

    private static final String NAME = "--ranks";

    @Option(
            names = NAME,
            paramLabel = "N",
            description =
                    "Processes on this machine that train together, each with a share of its cores: one by default."
                            + " On several machines set RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT instead.")
    @Nullable
    Integer ranks;

    @Spec(Target.MIXEE)
    CommandSpec spec = CommandSpec.create();

    /// Starts the ranks and waits for them, if there are to be several.
    ///
    /// @param recipe of the run
    /// @return exit code; empty if this process is to do the work
    Optional<Integer> launch(Recipe recipe) {
        if (ranks == null) {
            return Optional.empty();
        }
        if (RankPlace.of(System.getenv()).isOfSeveral()) {
            throw new ParameterException(
                    spec.commandLine(),
                    NAME + " starts ranks on this machine, but this process is one already: give " + NAME + ", or "
                            + RankPlace.RANK + " and " + RankPlace.WORLD_SIZE + ", not both");
        }
        if (ranks < 1) {
            throw new ParameterException(spec.commandLine(), NAME + " must be at least 1 but was " + ranks);
        }
        if (ranks == 1) {
            return Optional.empty();
        }
        RecipeChecks.checkRanks("recipe", recipe, ranks);
        List<String> arguments = spec.root().commandLine().getParseResult().originalArgs();
        return Optional.of(new RankLauncher(ranks, without(arguments))
                .run(spec.commandLine().getErr()));
    }

    /// @return the run as the rank that this process is
    <R extends Recipe> RunRequest<R> placed(RunRequest<R> request) {
        RunRequest<R> placed = request.withStop(() -> request.stopRequested().getAsBoolean() || RankLauncher.isGone());
        // One progress for all, that of the rank that writes.
        return request.place().rank() == 0 ? placed : placed.withListener(RunListener.NONE);
    }

    private static List<String> without(List<String> arguments) {
        int at = arguments.indexOf(NAME);
        if (at < 0) {
            return arguments.stream()
                    .filter(argument -> !argument.startsWith(NAME + "="))
                    .toList();
        }
        return IntStream.range(0, arguments.size())
                .filter(i -> i != at && i != at + 1)
                .mapToObj(arguments::get)
                .toList();
    }
}
