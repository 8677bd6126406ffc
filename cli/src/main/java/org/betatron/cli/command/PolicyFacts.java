package org.betatron.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.core.policy.CriticSpec;
import org.betatron.core.policy.KlPlace;
import org.betatron.core.policy.KlSpec;
import org.betatron.core.policy.PolicySpec;
import org.betatron.core.policy.RatioLevel;
import org.betatron.core.policy.SurrogateSpec;
import org.betatron.runs.recipe.Choices;

/// What a policy gradient computes, in formulas with its settings filled in; names are those of
/// `docs/objectives/policy.md`.
final class PolicyFacts {

    private PolicyFacts() {}

    /// @return facts by name, in order
    static Map<String, String> of(PolicySpec spec) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("learns from", "scored answers of the policy's own, at least " + spec.minSamples() + " to a prompt");
        facts.put("reads", reads(spec));
        facts.put("reward", reward(spec.kl()));
        facts.put("advantage", advantage(spec));
        facts.put("rho", ratio(spec.surrogate().ratio()));
        facts.put("a token's loss", loss(spec));
        facts.put("a batch's loss", batch(spec));
        return facts;
    }

    private static String reads(PolicySpec spec) {
        List<String> words = new ArrayList<>(List.of("log-probs", "scores"));
        if (spec.kl().needsReference()) {
            words.add("reference log-probs");
        }
        if (spec.hasCritic()) {
            words.add("values of a critic");
        }
        if (spec.entropyBonus() > 0) {
            words.add("entropies");
        }
        return String.join(", ", words);
    }

    private static String reward(KlSpec kl) {
        return kl.coefficient() > 0 && kl.place() == KlPlace.REWARD
                ? "R = score - " + kl.coefficient() + " sum_t " + Choices.spelling(kl.estimator())
                        + "(log p_old - log q)"
                : "R = score";
    }

    private static String advantage(PolicySpec spec) {
        return switch (spec) {
            case PolicySpec.Grpo grpo ->
                switch (grpo.scale()) {
                    case NONE -> "A_i = R_i - mean of the group";
                    case GROUP -> "A_i = (R_i - mean of the group) / (deviation of the group + 1e-4)";
                    case BATCH -> "A_i = (R_i - mean of the group) / (deviation of the rollout + 1e-4)";
                };
            case PolicySpec.Rloo rloo ->
                "A_i = R_i - mean of the other R of the group" + (rloo.normalize() ? ", normalized" : "");
            case PolicySpec.Reinforce reinforce ->
                switch (reinforce.baseline()) {
                            case NONE -> "A_i = R_i";
                            case GROUP -> "A_i = R_i - mean of the other R of the group";
                            case BATCH -> "A_i = R_i - mean of the rollout";
                        }
                        + (reinforce.normalize() ? ", normalized" : "");
            case PolicySpec.Ppo ppo ->
                "A_t = delta_t + " + ppo.gamma() * ppo.lambda() + " A_{t+1}, delta_t = r_t + " + ppo.gamma()
                        + " V_{t+1} - V_t, R spread over tokens" + (ppo.whitenAdvantages() ? ", whitened" : "");
        };
    }

    private static String ratio(RatioLevel ratio) {
        return switch (ratio) {
            case NONE -> "none";
            case TOKEN -> "p(y_t) / p_old(y_t)";
            case MEAN -> "geometric mean of p(y_t) / p_old(y_t) over the answer";
            case ANSWER -> "p(y) / p_old(y) of the whole answer";
        };
    }

    private static String loss(PolicySpec spec) {
        SurrogateSpec surrogate = spec.surrogate();
        StringBuilder loss = new StringBuilder();
        if (surrogate.ratio() == RatioLevel.NONE) {
            loss.append("-A log p(y_t)");
        } else {
            String rho = Double.isInfinite(surrogate.ceiling()) ? "rho" : "min(rho, " + surrogate.ceiling() + ")";
            loss.append("-min(" + rho + " A, clip(rho, 1 - " + surrogate.low() + ", 1 + " + surrogate.high() + ") A)");
        }
        KlSpec kl = spec.kl();
        if (kl.coefficient() > 0 && kl.place() == KlPlace.LOSS) {
            loss.append(" + " + kl.coefficient() + (kl.timesRatio() ? " rho " : " ") + Choices.spelling(kl.estimator())
                    + "(log p - log q)");
        }
        if (spec.entropyBonus() > 0) {
            loss.append(" - " + spec.entropyBonus() + " H");
        }
        if (spec.hasCritic()) {
            CriticSpec critic = spec.critic();
            loss.append(" + " + critic.coefficient() + "/2 max((V - G)^2, (clip(V, V_old - " + critic.clip()
                    + ", V_old + " + critic.clip() + ") - G)^2)");
        }
        return loss.toString();
    }

    private static String batch(PolicySpec spec) {
        String cut = spec.leavesOutCut() ? ", cut answers left out" : "";
        return switch (spec.aggregation()) {
                    case ANSWERS -> "1/B sum_i 1/|y_i| sum_t";
                    case SUMS -> "1/B sum_i sum_t";
                    case TOKENS -> "1/N sum_i sum_t, N tokens";
                    case CONSTANT -> "1/(B L) sum_i sum_t, L the most tokens of an answer";
                }
                + cut;
    }
}
