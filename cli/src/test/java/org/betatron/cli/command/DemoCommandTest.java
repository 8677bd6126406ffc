package org.betatron.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.betatron.cli.command.DemoStage.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Demos run for minutes; what can be wrong with their commands shows before they run.
class DemoCommandTest {

    private static final DemoStage STAGE = new DemoStage(Path.of("out", "demo"));

    /// @param commands that are shown, in order
    /// @param trained  how many of the steps have a recipe
    record Case(Demo demo, List<String> commands, int trained) {}

    private static Stream<Case> cases() {
        return Stream.of(
                new Case(
                        new AlignDemo(STAGE),
                        List.of("world", "init", "sft", "align", "evaluate", "generate", "report"),
                        6),
                new Case(
                        new OnlineDemo(STAGE),
                        List.of("world", "init", "sft", "reward", "align", "grpo", "online", "evaluate", "report"),
                        6));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyCommandIsOne(Case each) {
        List<Step> steps = each.demo().steps();
        assertThat(steps.stream().map(step -> step.arguments().getFirst()).distinct())
                .containsExactlyElementsOf(each.commands());
        for (Step step : steps) {
            assertThatCode(() -> BetatronCommand.parser(new BetatronCommand())
                            .parseArgs(step.arguments().toArray(String[]::new)))
                    .as(step.title())
                    .doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyRecipeIsValid(Case each) {
        List<Step> trained = each.demo().steps().stream()
                .filter(step -> List.of("sft", "reward", "align", "grpo", "online")
                        .contains(step.arguments().getFirst()))
                .toList();
        assertThat(trained).hasSize(each.trained());
        for (Step step : trained) {
            List<String> arguments = new ArrayList<>(step.arguments());
            arguments.add("--print-recipe");
            assertThat(BetatronCommand.run(arguments.toArray(String[]::new)))
                    .as(step.title())
                    .isZero();
        }
    }

    /// What a step reads has been written by one before it.
    @ParameterizedTest
    @MethodSource("cases")
    void everyModelIsMadeBeforeItIsUsed(Case each) {
        List<String> made = new ArrayList<>();
        for (Step step : each.demo().steps()) {
            List<String> arguments = step.arguments();
            for (String option : List.of("--model", "--against", "--reward-model", "--reward")) {
                int at = arguments.indexOf(option);
                if (at >= 0 && arguments.get(at + 1).contains("/")) {
                    String model = arguments.get(at + 1);
                    assertThat(made).as(step.title()).contains(model);
                }
            }
            int out = arguments.indexOf("--out");
            if (out >= 0) {
                made.add(arguments.get(out + 1));
                made.add(arguments.get(out + 1) + "/model");
            }
        }
    }

    @Test
    void theOnlineDemoIsAskedForByAnOption() {
        assertThatCode(() -> BetatronCommand.parser(new BetatronCommand()).parseArgs("demo", "--online"))
                .doesNotThrowAnyException();
    }
}
