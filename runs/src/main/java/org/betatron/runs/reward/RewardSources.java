package org.betatron.runs.reward;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.betatron.data.layout.ExpectedAnswer;
import org.betatron.evaluation.reward.JudgeRewards;
import org.betatron.evaluation.reward.RewardSource;
import org.betatron.evaluation.reward.ScorerRewards;
import org.betatron.evaluation.reward.WeightedRewards;
import org.betatron.evaluation.reward.rule.EndedRule;
import org.betatron.evaluation.reward.rule.ExactRule;
import org.betatron.evaluation.reward.rule.PatternRule;
import org.betatron.evaluation.reward.rule.RepetitionRule;
import org.betatron.runs.recipe.EndpointSection;
import org.betatron.runs.recipe.RecipeException;
import org.betatron.runs.recipe.RewardSourceSpec;

/// Opens the sources of rewards that a recipe names.
public final class RewardSources {

    private RewardSources() {}

    /// @return whether rows of prompts must have known right answers
    public static ExpectedAnswer.Reading expected(List<RewardSourceSpec> specs) {
        return specs.stream().anyMatch(RewardSourceSpec::needsExpected)
                ? ExpectedAnswer.Reading.REQUIRED
                : ExpectedAnswer.Reading.NOT_READ;
    }

    /// Opens all sources. They are called by their types, with a number from the second of a type
    /// on: `length`, `length-2`.
    ///
    /// @return their sum, to be closed by the caller, and to be checked with the prompts
    /// @throws RecipeException                         if something must be given and is not
    /// @throws IllegalArgumentException                if a setting of a judge cannot be
    /// @throws org.betatron.torch.error.ModelException if a directory holds no reward model of one
    ///     label
    public static WeightedRewards open(List<RewardSourceSpec> specs, RewardContext context) {
        List<String> problems = RewardSourceSpec.problems(specs);
        if (!problems.isEmpty()) {
            throw new RecipeException(RewardSourceSpec.PATH, problems);
        }
        List<RewardSource> opened = new ArrayList<>();
        try {
            List<WeightedRewards.Part> parts = new ArrayList<>();
            Map<String, Integer> counts = new HashMap<>();
            for (int i = 0; i < specs.size(); i++) {
                RewardSourceSpec spec = specs.get(i);
                RewardSource source = open(spec, RewardSourceSpec.PATH + "[" + i + "].", context);
                opened.add(source);
                String tag = spec.tag();
                int count = counts.merge(tag, 1, Integer::sum);
                parts.add(new WeightedRewards.Part(count == 1 ? tag : tag + "-" + count, spec.weight(), source));
            }
            return new WeightedRewards(parts);
        } catch (RuntimeException e) {
            try {
                WeightedRewards.closeAll(opened);
            } catch (RuntimeException further) {
                e.addSuppressed(further);
            }
            throw e;
        }
    }

    private static RewardSource open(RewardSourceSpec spec, String path, RewardContext context) {
        return switch (spec) {
            case RewardSourceSpec.Model model -> {
                Path directory = Path.of(model.path());
                OpenRewardModel opened = OpenRewardModel.open(directory, context.models());
                yield new ModelRewards(
                        directory, opened, model.specialTokens(), context.specialTokens(), context.told());
            }
            case RewardSourceSpec.World _ -> ScorerRewards.ofWorld();
            case RewardSourceSpec.Length length -> length.rule().source();
            case RewardSourceSpec.Pattern pattern -> new PatternRule(pattern.pattern(), pattern.match()).source();
            case RewardSourceSpec.Exact exact ->
                new ExactRule(exact.pattern(), exact.expectedPattern(), exact.letters()).source();
            case RewardSourceSpec.Ended _ -> new EndedRule().source();
            case RewardSourceSpec.Repetition repetition -> new RepetitionRule(repetition.words()).source();
            case RewardSourceSpec.Judge judge ->
                new JudgeRewards(judge.endpoint()
                        .judge(
                                new RecipeWords(path + "endpoint."),
                                context.kept(),
                                context.confirmed(),
                                context.told()));
        };
    }

    /// @param path recipe path of the section
    private record RecipeWords(String path) implements EndpointSection.Words {

        @Override
        public String name(String setting) {
            return path + setting;
        }

        @Override
        public RuntimeException wrong(String message) {
            return new IllegalArgumentException(message);
        }
    }
}
