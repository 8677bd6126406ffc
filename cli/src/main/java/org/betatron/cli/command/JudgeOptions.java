package org.betatron.cli.command;

import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import org.betatron.evaluation.judge.Judge;
import org.betatron.evaluation.judge.ScoreJudge;
import org.betatron.runs.RunListener;
import org.betatron.runs.evaluation.RewardScorer;
import org.betatron.torch.device.ComputeDevice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Who judges. The options of a judge are a group, and those of the others are refused: they would
/// have no
/// effect.
final class JudgeOptions {

    @Option(
            names = "--judge",
            required = true,
            paramLabel = "NAME",
            description = "Who says which answer is better: world (the known reward of the controlled world),"
                    + " reward (a reward model), endpoint (a model behind an OpenAI-compatible server).")
    private JudgeName name = JudgeName.WORLD;

    @ArgGroup(exclusive = false, heading = "%n--judge reward:%n")
    private RewardOptions reward = new RewardOptions();

    @ArgGroup(exclusive = false, heading = "%n--judge endpoint:%n")
    private EndpointOptions endpoint = new EndpointOptions();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /// Judges that can be named.
    enum JudgeName {
        WORLD(Void.class),
        REWARD(RewardOptions.class),
        ENDPOINT(EndpointOptions.class);

        private final Class<?> options;

        /// @param options group of the judge; [Void] for none
        JudgeName(Class<?> options) {
            this.options = options;
        }
    }

    /// What a reward model as a judge has to be told.
    static final class RewardOptions {

        @Option(names = "--reward-model", paramLabel = "DIR", description = "Reward model that judges.")
        private @Nullable Path model;
    }

    /// @param out      directory of the evaluation, or null
    /// @param device   where a reward model computes
    /// @param progress hears what the judge has to say on the way
    /// @param listener hears what has to be said of a reward model's files
    Judge create(@Nullable Path out, ComputeDevice device, Consumer<String> progress, RunListener listener) {
        JudgeUsage usage = new JudgeUsage(name.name().toLowerCase(Locale.ROOT), spec);
        spec.commandLine().getParseResult().matchedOptions().stream()
                .filter(this::isOfAnother)
                .findFirst()
                .ifPresent(option -> {
                    throw usage.wrong(option.longestName() + " has no effect with this judge");
                });
        return switch (name) {
            case WORLD -> ScoreJudge.ofWorld();
            case REWARD -> RewardScorer.judge(usage.require(reward.model, "--reward-model DIR"), device, listener);
            case ENDPOINT -> endpoint.create(usage, out, progress);
        };
    }

    private boolean isOfAnother(OptionSpec option) {
        return option.group() != null && !option.group().typeInfo().getType().equals(name.options);
    }
}
