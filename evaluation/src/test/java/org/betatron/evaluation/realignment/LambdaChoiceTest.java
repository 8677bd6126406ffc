package org.betatron.evaluation.realignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.betatron.evaluation.comparison.Estimate;
import org.junit.jupiter.api.Test;

class LambdaChoiceTest {

    private static LambdaPoint point(double lambda, double measure, double kl) {
        Estimate nothing = new Estimate(0.5, 0.4, 0.6);
        return new LambdaPoint(
                lambda,
                new Estimate(measure, measure - 0.1, measure + 0.1),
                new Estimate(kl, kl, kl),
                nothing,
                nothing);
    }

    private final List<LambdaPoint> points = List.of(
            point(0, 0.2, 0), point(0.5, 1.45, 0.9), point(1, 1.5, 5), point(2, -2, 74), point(4, Double.NaN, 300));

    @Test
    void takesTheBestAndSaysWhatIsNearer() {
        LambdaChoice choice = LambdaChoice.of(points, Double.POSITIVE_INFINITY);
        assertThat(choice.best().lambda()).isEqualTo(1);
        assertThat(choice.nearest().lambda()).isEqualTo(0.5);
    }

    @Test
    void goesNoFartherThanTheLimit() {
        assertThat(LambdaChoice.of(points, 4).best().lambda()).isEqualTo(0.5);
        assertThat(LambdaChoice.of(points, 0).best().lambda()).isEqualTo(0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LambdaChoice.of(points.subList(2, 5), 0.25))
                .withMessage("--kl: no lambda was measured within 0.25 nats; allow more, or try smaller ones with"
                        + " --lambda");
    }

    @Test
    void ofEqualsTheNearerIsTaken() {
        List<LambdaPoint> equal = List.of(point(2, 1, 9), point(0.5, 1, 2), point(1, 1, 5));
        assertThat(LambdaChoice.of(equal, 100).best().lambda()).isEqualTo(0.5);
    }
}
