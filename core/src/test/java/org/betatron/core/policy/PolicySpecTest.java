package org.betatron.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.function.DoubleFunction;
import org.junit.jupiter.api.Test;

class PolicySpecTest {

    private static final KlSpec KL = KlSpec.fixed(0.05, KlEstimator.K1, KlPlace.REWARD);
    private static final CriticSpec CRITIC = PolicySpec.Ppo.DEFAULT.critic();

    private static final double NAN = Double.NaN;
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    private static PolicySpec grpo(
            double clip, double clipHigh, double ceiling, double entropyBonus, double missingEnd) {
        return new PolicySpec.Grpo(
                RewardScale.NONE,
                RatioLevel.TOKEN,
                clip,
                clipHigh,
                ceiling,
                LossAggregation.TOKENS,
                KL,
                entropyBonus,
                false,
                missingEnd);
    }

    private static PolicySpec ppo(double gamma, double lambda, double clip, double entropyBonus, double missingEnd) {
        return new PolicySpec.Ppo(gamma, lambda, clip, KL, CRITIC, false, true, entropyBonus, missingEnd);
    }

    private static void refuses(String name, String range, DoubleFunction<Object> constructor, double... values) {
        for (double value : values) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> constructor.apply(value))
                    .withMessage(name + " must be " + range + " but was " + value);
        }
    }

    @Test
    void clipsAreChecked() {
        for (DoubleFunction<Object> constructor : List.<DoubleFunction<Object>>of(
                x -> grpo(x, 0.2, 0, 0, 0), x -> new PolicySpec.Rloo(x, KL, false, 0, 0), x -> ppo(1, 0.95, x, 0, 0))) {
            refuses("clip", "in (0, 1]", constructor, 0, -0.1, 1.1, NAN, INFINITY);
        }
        refuses("clipHigh", "in (0, ∞]", x -> grpo(0.2, x, 0, 0, 0), 0, -1, NAN);
        refuses("ceiling", "0 or above 1 + clipHigh", x -> grpo(0.2, 0.3, x, 0, 0), 1.3, 1, -1, NAN);
        refuses("low", "in (0, 1]", x -> SurrogateSpec.clipped(RatioLevel.TOKEN, x), 0, 1.1, NAN);
        refuses("high", "in (0, ∞]", x -> new SurrogateSpec(RatioLevel.TOKEN, 0.2, x, INFINITY), 0, -1, NAN);
        refuses("ceiling", "above 1 + high", x -> new SurrogateSpec(RatioLevel.TOKEN, 0.2, 0.2, x), 0, 1.2, NAN);
    }

    @Test
    void bonusesAndPenaltiesAreChecked() {
        for (DoubleFunction<Object> constructor : List.<DoubleFunction<Object>>of(
                x -> grpo(0.2, 0.2, 0, x, 0),
                x -> new PolicySpec.Rloo(0.2, KL, false, x, 0),
                x -> new PolicySpec.Reinforce(Baseline.NONE, false, KL, x, 0),
                x -> ppo(1, 0.95, 0.2, x, 0))) {
            refuses("entropyBonus", "in [0, ∞)", constructor, -0.1, NAN, INFINITY);
        }
        for (DoubleFunction<Object> constructor : List.<DoubleFunction<Object>>of(
                x -> grpo(0.2, 0.2, 0, 0, x),
                x -> new PolicySpec.Rloo(0.2, KL, false, 0, x),
                x -> new PolicySpec.Reinforce(Baseline.NONE, false, KL, 0, x),
                x -> ppo(1, 0.95, 0.2, 0, x))) {
            refuses("missingEnd", "in [0, ∞)", constructor, -0.1, NAN, INFINITY);
        }
    }

    @Test
    void discountsAreChecked() {
        refuses("gamma", "in [0, 1]", x -> ppo(x, 0.95, 0.2, 0, 0), -0.1, 1.1, NAN);
        refuses("lambda", "in [0, 1]", x -> ppo(1, x, 0.2, 0, 0), -0.1, 1.1, NAN);
    }

    @Test
    void criticsAreChecked() {
        refuses("coefficient", "in (0, ∞)", x -> new CriticSpec(x, 0.2, 1), 0, -1, NAN, INFINITY);
        refuses("clip", "in (0, ∞]", x -> new CriticSpec(0.1, x, 1), 0, -1, NAN);
        refuses("rate", "in (0, ∞)", x -> new CriticSpec(0.1, 0.2, x), 0, -1, NAN, INFINITY);
    }

    @Test
    void costsOfLeavingTheReferenceAreChecked() {
        refuses("coefficient", "in [0, ∞)", x -> KlSpec.fixed(x, KlEstimator.K1, KlPlace.REWARD), -0.1, NAN, INFINITY);
        refuses(
                "target",
                "in [0, ∞)",
                x -> new KlSpec(0.1, KlEstimator.K1, KlPlace.REWARD, x, 1, false),
                -0.1,
                NAN,
                INFINITY);
        refuses(
                "horizon",
                "in (0, ∞)",
                x -> new KlSpec(0.1, KlEstimator.K1, KlPlace.REWARD, 1, x, false),
                0,
                -1,
                NAN,
                INFINITY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KlSpec(0, KlEstimator.K1, KlPlace.REWARD, 6, 100, false))
                .withMessage("coefficient must be > 0 where target is given but was 0:"
                        + " a coefficient that adapts is multiplied, so it would stay 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KlSpec.fixed(0.1, KlEstimator.K1, KlPlace.LOSS))
                .withMessage(
                        "estimator must be k2 or k3 where place is loss but was k1:"
                                + " its derivative is 0 in the mean, so nothing would be held back; timesRatio: true mends that");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KlSpec(0.1, KlEstimator.K3, KlPlace.REWARD, 0, 1, true))
                .withMessage("timesRatio must be false where place is reward but was true:"
                        + " what is taken off rewards is not differentiated");
        assertThat(KlSpec.fixed(0, KlEstimator.K1, KlPlace.LOSS).needsReference())
                .isFalse();
    }

    @Test
    void presetsAreWhatTheirPapersSay() {
        assertThat(PolicySpec.Grpo.DEFAULT.surrogate()).isEqualTo(SurrogateSpec.clipped(RatioLevel.TOKEN, 0.2));
        assertThat(PolicySpec.Grpo.DEFAULT.kl()).isEqualTo(KlSpec.fixed(0.04, KlEstimator.K3, KlPlace.LOSS));
        assertThat(PolicySpec.Grpo.DEFAULT.minSamples()).isEqualTo(2);
        assertThat(PolicySpec.Grpo.DR_GRPO.scale()).isEqualTo(RewardScale.NONE);
        assertThat(PolicySpec.Grpo.DR_GRPO.aggregation()).isEqualTo(LossAggregation.CONSTANT);
        assertThat(PolicySpec.Grpo.DR_GRPO.kl().needsReference()).isFalse();
        assertThat(PolicySpec.Grpo.DAPO.surrogate())
                .isEqualTo(new SurrogateSpec(RatioLevel.TOKEN, 0.2, 0.28, INFINITY));
        assertThat(PolicySpec.Grpo.DAPO.leavesOutCut()).isTrue();
        assertThat(PolicySpec.Grpo.GSPO.surrogate())
                .isEqualTo(new SurrogateSpec(RatioLevel.MEAN, 3e-4, 4e-4, INFINITY));
        assertThat(PolicySpec.Grpo.GSPO.aggregation()).isEqualTo(LossAggregation.ANSWERS);
        assertThat(PolicySpec.Rloo.DEFAULT.surrogate().ratio()).isEqualTo(RatioLevel.ANSWER);
        assertThat(PolicySpec.Rloo.DEFAULT.kl().place()).isEqualTo(KlPlace.REWARD);
        assertThat(PolicySpec.Reinforce.DEFAULT.minSamples()).isEqualTo(1);
        assertThat(new PolicySpec.Reinforce(Baseline.GROUP, false, KL, 0, 0).minSamples())
                .isEqualTo(2);
        assertThat(PolicySpec.Ppo.DEFAULT.hasCritic()).isTrue();
        assertThat(PolicySpec.Ppo.DEFAULT.minSamples()).isEqualTo(1);
    }
}
