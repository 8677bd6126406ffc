package org.betatron.runs.recipe;

import static org.betatron.core.Numbers.require;

import java.util.ArrayList;
import java.util.List;
import org.betatron.evaluation.reward.rule.ExactRule;
import org.betatron.evaluation.reward.rule.LengthRule;
import org.betatron.evaluation.reward.rule.PatternRule;

/// One source of rewards, with its weight in their sum.
///
/// `docs/rewards.md` has the formulas. What must be given has an empty text, or 0, as its default.
public sealed interface RewardSourceSpec {

    /// Recipe path of the list of sources.
    String PATH = "rewards";

    /// Ends a line of [#problems()].
    String MISSING = ": must be given";

    /// @return what must be given and is not, a line each, beginning with its recipe path
    static List<String> problems(List<RewardSourceSpec> specs) {
        List<String> problems = new ArrayList<>();
        if (specs.isEmpty()) {
            problems.add(PATH + ": at least one source of rewards must be given");
        }
        for (int i = 0; i < specs.size(); i++) {
            String path = PATH + "[" + i + "].";
            specs.get(i).problems().forEach(problem -> problems.add(path + problem));
        }
        return problems;
    }

    /// @return factor of the source's scores in the sum, finite and not 0
    double weight();

    /// @return what recipes call the kind of source
    default String tag() {
        return RecipeMapper.tag(getClass());
    }

    /// @return what must be given and is not, a line each, beginning with the key
    default List<String> problems() {
        return List.of();
    }

    /// @return whether rows must have a known right answer
    default boolean needsExpected() {
        return false;
    }

    /// What becomes of prompts with special tokens of the policy that a reward model does not know.
    enum SpecialTokens {
        /// The run does not begin.
        REFUSE,
        /// The reward model reads them as plain text, and the run warns.
        AS_TEXT
    }

    /// A reward model.
    ///
    /// @param path          of its directory, a GGUF file, or `ORG/NAME` on the hub; must be given
    /// @param specialTokens what becomes of prompts with special tokens that it does not know
    record Model(String path, SpecialTokens specialTokens, double weight) implements RewardSourceSpec {
        public static final Model DEFAULT = new Model("", SpecialTokens.REFUSE, 1);

        public Model {
            requireWeight(weight);
        }

        @Override
        public List<String> problems() {
            return path.isBlank() ? List.of("path" + MISSING + " (a reward model)") : List.of();
        }
    }

    /// The known reward of the controlled world.
    record World(double weight) implements RewardSourceSpec {
        public static final World DEFAULT = new World(1);

        public World {
            requireWeight(weight);
        }
    }

    /// Prefers answers of some length.
    ///
    /// @param target    length without punishment, ≥ 1; must be given
    /// @param unit      what is counted
    /// @param tolerance how far a length may be from the target, ≥ 0
    /// @param falloff   excess from which on the reward is -1, ≥ 0; 0 for the target itself
    /// @param side      which lengths are punished
    record Length(int target, LengthRule.Unit unit, int tolerance, double falloff, LengthRule.Side side, double weight)
            implements RewardSourceSpec {
        /// An empty answer, and one twice as long as wanted, are as bad as can be; ours.
        public static final Length DEFAULT = new Length(0, LengthRule.Unit.TOKENS, 0, 0, LengthRule.Side.BOTH, 1);

        public Length {
            require("target", target >= 0, "≥ 1", target);
            require("tolerance", tolerance >= 0, "≥ 0", tolerance);
            require("falloff", falloff >= 0 && falloff < Double.POSITIVE_INFINITY, "finite and ≥ 0", falloff);
            requireWeight(weight);
        }

        @Override
        public List<String> problems() {
            return target == 0
                    ? List.of("target" + MISSING + " (a length, in " + Choices.spelling(unit) + ")")
                    : List.of();
        }

        /// @return the rule
        public LengthRule rule() {
            return new LengthRule(target, unit, tolerance, falloff == 0 ? target : falloff, side);
        }
    }

    /// Whether answers have a form.
    ///
    /// @param pattern regular expression of Java; must be given
    /// @param match   what of an answer has to match
    record Pattern(String pattern, PatternRule.Match match, double weight) implements RewardSourceSpec {
        public static final Pattern DEFAULT = new Pattern("", PatternRule.Match.FIND, 1);

        public Pattern {
            // Refuses what is no regular expression.
            new PatternRule(pattern, match);
            requireWeight(weight);
        }

        @Override
        public List<String> problems() {
            return pattern.isEmpty() ? List.of("pattern" + MISSING + " (a regular expression)") : List.of();
        }
    }

    /// Whether answers are the expected ones.
    ///
    /// @param pattern         regular expression of what is compared in an answer; empty for the
    ///     whole text
    /// @param expectedPattern the same in the expected answer
    /// @param letters         whether letters have to be equal
    record Exact(String pattern, String expectedPattern, ExactRule.Letters letters, double weight)
            implements RewardSourceSpec {
        public static final Exact DEFAULT = new Exact("", "", ExactRule.Letters.AS_WRITTEN, 1);

        public Exact {
            new ExactRule(pattern, expectedPattern, letters);
            requireWeight(weight);
        }

        @Override
        public boolean needsExpected() {
            return true;
        }
    }

    /// Punishes answers that the limit of their length cut.
    record Ended(double weight) implements RewardSourceSpec {
        public static final Ended DEFAULT = new Ended(1);

        public Ended {
            requireWeight(weight);
        }
    }

    /// Punishes sequences of words that come again.
    ///
    /// @param words of a sequence, ≥ 1
    record Repetition(int words, double weight) implements RewardSourceSpec {
        /// Three words, ours.
        public static final Repetition DEFAULT = new Repetition(3, 1);

        public Repetition {
            require("words", words >= 1, "≥ 1", words);
            requireWeight(weight);
        }
    }

    /// How often a judge prefers an answer to the others of its prompt.
    ///
    /// @param endpoint the judge
    record Judge(EndpointSection endpoint, double weight) implements RewardSourceSpec {
        public static final Judge DEFAULT = new Judge(EndpointSection.DEFAULT, 1);

        public Judge {
            requireWeight(weight);
        }

        @Override
        public List<String> problems() {
            return endpoint.missing().stream()
                    .map(setting -> "endpoint." + setting + MISSING)
                    .toList();
        }
    }

    private static void requireWeight(double weight) {
        require(
                "weight",
                Math.abs(weight) > 0 && Math.abs(weight) < Double.POSITIVE_INFINITY,
                "finite and not 0",
                weight);
    }
}
