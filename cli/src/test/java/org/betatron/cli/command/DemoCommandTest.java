package org.betatron.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import org.betatron.cli.command.DemoCommand.Step;
import org.junit.jupiter.api.Test;

/// The demo runs for minutes; what can be wrong with its commands shows before they run.
class DemoCommandTest {

    private static final List<Step> STEPS = new DemoCommand().steps();

    @Test
    void everyCommandIsOne() {
        assertThat(STEPS.stream().map(step -> step.arguments().getFirst()).distinct())
                .containsExactly("world", "init", "sft", "align", "evaluate", "generate", "report");
        for (Step step : STEPS) {
            assertThatCode(() -> BetatronCommand.parser(new BetatronCommand())
                            .parseArgs(step.arguments().toArray(String[]::new)))
                    .as(step.title())
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void everyRecipeIsValid() {
        List<Step> trained = STEPS.stream()
                .filter(step ->
                        List.of("sft", "align").contains(step.arguments().getFirst()))
                .toList();
        assertThat(trained).hasSize(6);
        for (Step step : trained) {
            List<String> arguments = new ArrayList<>(step.arguments());
            arguments.add("--print-recipe");
            assertThat(BetatronCommand.run(arguments.toArray(String[]::new)))
                    .as(step.title())
                    .isZero();
        }
    }
}
