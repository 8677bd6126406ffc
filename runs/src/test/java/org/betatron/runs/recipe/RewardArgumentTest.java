package org.betatron.runs.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.evaluation.reward.rule.ExactRule;
import org.betatron.evaluation.reward.rule.LengthRule;
import org.betatron.evaluation.reward.rule.PatternRule;
import org.betatron.runs.recipe.RewardSourceSpec.SpecialTokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class RewardArgumentTest {

    @TempDir
    private Path directory = Path.of("");

    private static RewardSourceSpec parse(String text) {
        return RewardArgument.parse("--reward", text);
    }

    @Test
    void everySourceHasAShortForm() {
        assertThat(parse("world")).isEqualTo(RewardSourceSpec.World.DEFAULT);
        assertThat(parse("0.5*world")).isEqualTo(new RewardSourceSpec.World(0.5));
        assertThat(parse("-1e-2*length:200"))
                .isEqualTo(new RewardSourceSpec.Length(200, LengthRule.Unit.TOKENS, 0, 0, LengthRule.Side.BOTH, -0.01));
        assertThat(parse("pattern:^Answer: [a*]:.*"))
                .isEqualTo(new RewardSourceSpec.Pattern("^Answer: [a*]:.*", PatternRule.Match.FIND, 1));
        assertThat(parse("exact")).isEqualTo(RewardSourceSpec.Exact.DEFAULT);
        assertThat(parse("2*exact:####(.*)"))
                .isEqualTo(new RewardSourceSpec.Exact("####(.*)", "", ExactRule.Letters.AS_WRITTEN, 2));
        assertThat(parse("ended")).isEqualTo(RewardSourceSpec.Ended.DEFAULT);
        assertThat(parse("repetition")).isEqualTo(RewardSourceSpec.Repetition.DEFAULT);
        assertThat(parse(".5*repetition:5")).isEqualTo(new RewardSourceSpec.Repetition(5, 0.5));
        assertThat(parse("judge:org/judge@1@http://host/v1"))
                .isInstanceOfSatisfying(RewardSourceSpec.Judge.class, it -> {
                    assertThat(it.endpoint().model()).isEqualTo("org/judge@1");
                    assertThat(it.endpoint().url()).isEqualTo("http://host/v1");
                });
        assertThat(parse(directory.toString()))
                .isEqualTo(new RewardSourceSpec.Model(directory.toString(), SpecialTokens.REFUSE, 1));
        assertThat(parse("3*org/name")).isEqualTo(new RewardSourceSpec.Model("org/name", SpecialTokens.REFUSE, 3));
        assertThat(parse("model:world")).isEqualTo(new RewardSourceSpec.Model("world", SpecialTokens.REFUSE, 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "wrold~must be DIR (a reward model), world, length:N, pattern:EXPRESSION, exact, exact:EXPRESSION, ended,"
                        + " repetition, repetition:N or judge:MODEL@URL, each with WEIGHT* before it if its weight is not"
                        + " 1; there is no directory wrold",
                "0*world~weight must be finite and not 0 but was 0.0",
                "1e999*world~weight must be finite and not 0 but was Infinity",
                "length~target: must be given (a length, in tokens)",
                "length:many~length:N must have a whole number but had 'many'",
                "length:-3~target must be ≥ 1 but was -3.0",
                "repetition:0~words must be ≥ 1 but was 0.0",
                "pattern~pattern: must be given (a regular expression)",
                "pattern:(~pattern must be a regular expression of Java but was '(': Unclosed group at character 2",
                "world:1~world takes no value",
                "model~path: must be given (a reward model)",
                "judge:x~must be judge:MODEL@URL, such as judge:qwen@http://host/v1; what else a judge can be told is told"
                        + " in a recipe",
            })
    void otherArgumentsAreRefused(String text, String why) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--reward " + text + ": " + why);
    }

    static List<RewardSourceSpec> specs() {
        return List.of(
                new RewardSourceSpec.Model("a/b", SpecialTokens.AS_TEXT, -2),
                new RewardSourceSpec.World(0.5),
                new RewardSourceSpec.Length(9, LengthRule.Unit.CHARACTERS, 2, 3.5, LengthRule.Side.LONGER, 1),
                new RewardSourceSpec.Pattern("^a$", PatternRule.Match.WHOLE, 1),
                new RewardSourceSpec.Exact("(.)", "x(.)", ExactRule.Letters.IN_ANY_CASE, 1),
                new RewardSourceSpec.Ended(1),
                new RewardSourceSpec.Repetition(2, 1),
                new RewardSourceSpec.Judge(
                        new EndpointSection("http://h", "m", "KEY", "t.txt", "{}", 3, 20, 1, 2, 4, "c"), 1));
    }

    /// As a list in a recipe is read.
    @ParameterizedTest
    @MethodSource("specs")
    void recipesHoldThem(RewardSourceSpec spec) {
        List<String> problems = new ArrayList<>();
        YAMLMapper mapper = RecipeMapper.create(new ConstructorProblems(problems));
        JsonNode written = RewardArgument.settings(List.of(spec)).getFirst();
        assertThat(written.path("type").asString()).isEqualTo(spec.tag());
        String yaml = mapper.writeValueAsString(written);
        assertThat(mapper.readValue(yaml, RewardSourceSpec.class)).isEqualTo(spec);
        assertThat(problems).isEmpty();
        // What is not given has its default, which is none of the numbers that stand for a missing one.
        JsonNode unchanged = Choices.unchanged(spec.getClass(), mapper);
        assertThat(mapper.treeToValue(unchanged, RewardSourceSpec.class)).isEqualTo(Choices.defaultOf(spec.getClass()));
        assertThat(problems).isEmpty();
    }

    @Test
    void everySpecIsTested() {
        assertThat(specs().stream().map(RewardSourceSpec::tag))
                .containsExactlyElementsOf(Choices.siblings("rewards[3]").keySet());
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new RewardSourceSpec.Ended(Double.NaN))
                .hasMessage("weight must be finite and not 0 but was NaN");
        assertThatThrownBy(() -> new EndpointSection("", "", "", "", "", 0, 1, 0, 0, 0, ""))
                .hasMessage("parallel requests must be in [1, 1000] but were 0");
        assertThatThrownBy(() -> new EndpointSection("", "", "", "", "", 1, 1, 0, -1, 0, ""))
                .hasMessageStartingWith("prices per million tokens must be finite and ≥ 0");
        assertThatThrownBy(() -> new RewardSourceSpec.Length(1, LengthRule.Unit.TOKENS, 0, -1, LengthRule.Side.BOTH, 1))
                .hasMessage("falloff must be finite and ≥ 0 but was -1.0");
    }
}
