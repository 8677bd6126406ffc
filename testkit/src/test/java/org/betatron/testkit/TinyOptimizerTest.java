package org.betatron.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.betatron.core.model.OptimizerSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TinyOptimizerTest {

    private final TinyLanguageModel model = TinyLanguageModel.random(3, 1, 8, 1);

    @Test
    void firstAdamStepIsTheLearningRateInTheDirectionOfTheGradient() {
        // m / (1-b1) = g and v / (1-b2) = g^2, hence the update is lr * sign(g).
        double before = model.weights()[0];
        Arrays.fill(model.gradient(), 0.25);
        new TinyOptimizer(model, OptimizerSpec.AdamW.DEFAULT).step(0.01, 1);
        assertThat(model.weights()[0]).isCloseTo(before - 0.01, within(1e-9));
        assertThat(model.gradient()).containsOnly(0);
    }

    @Test
    void rmsPropDividesByTheRootOfTheAveragedSquare() {
        // v = 0.01 * (0.5 * 2)^2 = 0.01, root 0.1; the scaled gradient is 1: w -= 0.1 * 1 / 0.1.
        double before = model.weights()[1];
        model.gradient()[1] = 2;
        new TinyOptimizer(model, OptimizerSpec.RmsProp.DEFAULT).step(0.1, 0.5);
        assertThat(model.weights()[1]).isCloseTo(before - 1, within(1e-6));
    }

    @Test
    void weightDecayShrinksTheWeight() {
        double before = model.weights()[0];
        new TinyOptimizer(model, new OptimizerSpec.AdamW(0.9, 0.999, 1e-8, 0.5)).step(0.1, 1);
        assertThat(model.weights()[0]).isCloseTo(before * 0.95, within(1e-12));
    }

    @Test
    void loadedMomentsContinueBitForBit(@TempDir Path directory) throws IOException {
        TinyOptimizer optimizer = new TinyOptimizer(model, OptimizerSpec.AdamW.DEFAULT);
        Arrays.fill(model.gradient(), 1.5);
        optimizer.step(0.01, 1);
        optimizer.save(directory.resolve("optimizer.bin"));
        model.save(directory);

        TinyLanguageModel copy = TinyLanguageModel.load(directory);
        TinyOptimizer restored = new TinyOptimizer(copy, OptimizerSpec.AdamW.DEFAULT);
        restored.load(directory.resolve("optimizer.bin"));
        Arrays.fill(model.gradient(), -0.5);
        Arrays.fill(copy.gradient(), -0.5);
        optimizer.step(0.01, 1);
        restored.step(0.01, 1);
        assertThat(copy.weights()).containsExactly(model.weights());
    }
}
