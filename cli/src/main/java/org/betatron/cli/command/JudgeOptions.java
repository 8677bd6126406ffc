package org.betatron.cli.command;

import java.nio.file.Path;
import java.util.Arrays;
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
/// have no effect.
final class JudgeOptions {

    /// The judges, in the help of the option that names one.
    static final String NAMES = "world (the known reward of the controlled world), reward (a reward model), endpoint"
            + " (a model behind an OpenAI-compatible server)";

    @ArgGroup(exclusive = false, heading = "%nReward model as judge:%n")
    private RewardOptions reward = new RewardOptions();

    @ArgGroup(exclusive = false, heading = "%nModel behind an endpoint as judge:%n")
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

        /// @param opponent of win rates
        /// @return what answers are measured by, in words
        String measure(String opponent) {
            return switch (this) {
                case WORLD -> "true reward";
                case REWARD -> "score of the reward model";
                case ENDPOINT -> "win rate over " + opponent;
            };
        }
    }

    /// What a reward model as a judge has to be told.
    static final class RewardOptions {

        @Option(names = "--reward-model", paramLabel = "DIR", description = "Reward model that judges.")
        private @Nullable Path model;
    }

    /// @param option   that named the judge
    /// @param name     of the judge; null for none, whose options are refused all
    /// @throws picocli.CommandLine.ParameterException if an option of another judge is given
    void refuseOthers(String option, @Nullable JudgeName name) {
        spec.commandLine().getParseResult().matchedOptions().stream()
                .filter(given -> isOfAnother(given, name))
                .findFirst()
                .ifPresent(given -> {
                    throw new JudgeUsage(option, spec)
                            .wrong(given.longestName() + " has no effect with "
                                    + (name == null ? option : "this judge"));
                });
    }

    /// @param option   that names the judge
    /// @param name     of the judge
    /// @param out      directory of the evaluation, or null
    /// @param device   where a reward model computes
    /// @param progress hears what the judge has to say on the way
    /// @param listener hears what has to be said of a reward model's files
    Judge create(
            String option,
            JudgeName name,
            @Nullable Path out,
            ComputeDevice device,
            Consumer<String> progress,
            RunListener listener) {
        JudgeUsage usage = new JudgeUsage(option + " " + name.name().toLowerCase(Locale.ROOT), spec);
        refuseOthers(option, name);
        return switch (name) {
            case WORLD -> ScoreJudge.ofWorld();
            case REWARD -> RewardScorer.judge(usage.require(reward.model, "--reward-model DIR"), device, listener);
            case ENDPOINT -> endpoint.create(usage, out, progress);
        };
    }

    /// The command may have groups of options of its own.
    private static boolean isOfAnother(OptionSpec option, @Nullable JudgeName name) {
        return Arrays.stream(JudgeName.values())
                .filter(other -> other != name)
                .anyMatch(other -> option.group() != null
                        && option.group().typeInfo().getType().equals(other.options));
    }
}
