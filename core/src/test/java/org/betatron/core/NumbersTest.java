package org.betatron.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NumbersTest {

    @Test
    void softplusAtKnownPoints() {
        assertThat(Numbers.softplus(0)).isEqualTo(Math.log(2));
        // log(1 + e) and log(1 + 1/e), from a table
        assertThat(Numbers.softplus(1)).isCloseTo(1.3132616875182228, within(1e-15));
        assertThat(Numbers.softplus(-1)).isCloseTo(0.31326168751822286, within(1e-16));
        // e^-40 - e^-80 / 2: the plain formula gives 0 here
        assertThat(Numbers.softplus(-40)).isCloseTo(4.248354255291589e-18, within(1e-32));
    }

    @Test
    void softplusOfExtremesIsExact() {
        assertThat(Numbers.softplus(1e300)).isEqualTo(1e300);
        assertThat(Numbers.softplus(-1e300)).isZero();
        assertThat(Numbers.softplus(Double.MAX_VALUE)).isEqualTo(Double.MAX_VALUE);
        assertThat(Numbers.softplus(Double.POSITIVE_INFINITY)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(Numbers.softplus(Double.NEGATIVE_INFINITY)).isZero();
        assertThat(Numbers.softplus(Double.NaN)).isNaN();
    }

    @Test
    void softplusOfBothSignsDifferByTheArgument() {
        for (double x = -700; x <= 700; x += 0.37) {
            assertThat(Numbers.softplus(x) - Numbers.softplus(-x)).as("x %s", x).isCloseTo(x, within(1e-12));
        }
    }

    /// The logarithm inside is our own.
    @Test
    void logarithmsOfSumsHaveAllDigits() {
        for (double x = -740; x <= 740; x += 0.0137) {
            double expected = Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
            assertThat(Numbers.softplus(x)).as("x %s", x).isCloseTo(expected, within(4 * Math.ulp(expected)));
        }
        for (double x = -1e-12; x > -40; x *= 1.003) {
            double share = -Math.expm1(x);
            assertThat(Numbers.oneMinusExp(x)).as("x %s", x).isCloseTo(share, within(2 * Math.ulp(share)));
            double logarithm = x > -0.5 ? Math.log(share) : Math.log1p(-Math.exp(x));
            assertThat(Numbers.log1mexp(x)).as("x %s", x).isCloseTo(logarithm, within(1e-15 * Math.abs(logarithm)));
        }
    }

    @Test
    void sigmoidAtKnownPoints() {
        assertThat(Numbers.sigmoid(0)).isEqualTo(0.5);
        assertThat(Numbers.sigmoid(Math.log(3))).isCloseTo(0.75, within(1e-16));
        assertThat(Numbers.sigmoid(-Math.log(3))).isCloseTo(0.25, within(1e-16));
        assertThat(Numbers.sigmoid(1e300)).isEqualTo(1);
        assertThat(Numbers.sigmoid(-1e300)).isZero();
        assertThat(Numbers.sigmoid(Double.NaN)).isNaN();
    }

    @Test
    void sigmoidIsTheDerivativeOfSoftplus() {
        for (double x = -30; x <= 30; x += 0.73) {
            double at = x;
            double differences = Derivatives.atZero(h -> Numbers.softplus(at + h), 0.1);
            assertThat(Numbers.sigmoid(x)).as("x %s", x).isCloseTo(differences, within(1e-10 * Numbers.sigmoid(x)));
        }
    }

    @Test
    void sigmoidsOfBothSignsSumToOne() {
        for (double x = -50; x <= 50; x += 0.37) {
            assertThat(Numbers.sigmoid(x) + Numbers.sigmoid(-x)).isCloseTo(1, within(2e-16));
        }
    }

    @Test
    void requireSaysWhatWasExpected() {
        Numbers.require("labelSmoothing", true, "in (0, 0.5)", 0.3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Numbers.require("labelSmoothing", false, "in (0, 0.5)", 0.7))
                .withMessage("labelSmoothing must be in (0, 0.5) but was 0.7");
    }
}
