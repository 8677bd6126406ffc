package org.betatron.evaluation.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.study.ClusteredBootstrap.Value;
import org.junit.jupiter.api.Test;

class ClusteredBootstrapTest {

    @Test
    void valuesThatAreAllAlikeLeaveNoDoubt() {
        Estimate estimate = new ClusteredBootstrap(
                        List.of(List.of(new Value(0, 0.5), new Value(1, 0.5)), List.of(new Value(0, 0.5))))
                .estimate(0.05);
        assertThat(estimate).isEqualTo(new Estimate(0.5, 0.5, 0.5));
    }

    @Test
    void meanCountsEveryValueOnce() {
        Estimate estimate = new ClusteredBootstrap(
                        List.of(List.of(new Value(0, 1), new Value(0, 1), new Value(1, 0)), List.of(new Value(7, 0))))
                .estimate(0.05);
        assertThat(estimate.value()).isEqualTo(0.5);
    }

    /// Two seeds whose values never vary within: means of two draws are 0, 0.5 and 1 with probabilities 1/4, 1/2, 1/4.
    @Test
    void seedsAreDrawnAsAWhole() {
        ClusteredBootstrap bootstrap = new ClusteredBootstrap(List.of(many(0), many(1)));
        assertThat(bootstrap.estimate(0.05)).isEqualTo(new Estimate(0.5, 0, 1));
        // Between the quartiles lies nothing but the middle.
        assertThat(bootstrap.estimate(0.6)).isEqualTo(new Estimate(0.5, 0.5, 0.5));
    }

    private static List<Value> many(double value) {
        List<Value> values = new ArrayList<>();
        for (int question = 0; question < 50; question++) {
            values.add(new Value(question, value));
        }
        return values;
    }

    /// One seed with a value per question is the ordinary bootstrap of a mean, whose interval is the mean
    /// and about 1.96 standard errors to either side.
    @Test
    void oneSeedIsTheOrdinaryBootstrap() {
        RandomGenerator random = RandomStreams.stream(3, "test", 0);
        List<Value> values = new ArrayList<>();
        double sum = 0;
        double squares = 0;
        int count = 400;
        for (int question = 0; question < count; question++) {
            double value = random.nextGaussian();
            values.add(new Value(question, value));
            sum += value;
            squares += value * value;
        }
        double mean = sum / count;
        double error = Math.sqrt((squares / count - mean * mean) / count);
        Estimate estimate = new ClusteredBootstrap(List.of(values)).estimate(0.05);
        assertThat(estimate.value()).isCloseTo(mean, within(1e-12));
        assertThat(estimate.low()).isCloseTo(mean - 1.96 * error, within(0.2 * error));
        assertThat(estimate.high()).isCloseTo(mean + 1.96 * error, within(0.2 * error));
    }

    /// Ten answers to a question that are all the same are worth one answer.
    @Test
    void answersToOneQuestionCountOnce() {
        List<Value> single = new ArrayList<>();
        List<Value> repeated = new ArrayList<>();
        for (int question = 0; question < 100; question++) {
            Value value = new Value(question, question % 2);
            single.add(value);
            for (int i = 0; i < 10; i++) {
                repeated.add(value);
            }
        }
        assertThat(new ClusteredBootstrap(List.of(repeated)).estimate(0.05))
                .isEqualTo(new ClusteredBootstrap(List.of(single)).estimate(0.05));
    }
}
