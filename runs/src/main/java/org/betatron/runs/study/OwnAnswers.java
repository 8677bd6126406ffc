package org.betatron.runs.study;

import java.util.List;

/// What the study of learning from own answers compares.
final class OwnAnswers {

    private static final FrontierGrid GRID = new FrontierGrid(List.of(0.05, 0.3), List.of(5e-4, 1e-3));
    private static final FrontierGrid BETAS = new FrontierGrid(List.of(0.1, 0.5), GRID.rates());

    /// Beside no divergence, which is Dr. GRPO's own.
    private static final FrontierGrid FEW_OR_NONE = new FrontierGrid(List.of(0.0, 0.05), GRID.rates());

    private static final FrontierGrid RATES = new FrontierGrid(List.of(0.1), List.of(1e-4, 2.5e-4, 5e-4, 1e-3));

    static final FrontierMethod OFFLINE =
            FrontierMethod.of("offline DPO", FrontierLearner.PAIRS).with(BETAS);

    private static final FrontierMethod GRPO = scored("GRPO", "grpo");
    private static final FrontierMethod ONLINE_DPO =
            FrontierMethod.of("online DPO", FrontierLearner.OWN_PAIRS).with(BETAS);

    static final List<FrontierMethod> METHODS = List.of(
            OFFLINE,
            FrontierMethod.of(
                    "PPO", FrontierLearner.SCORES, "policy.type=ppo", "policy.kl.coefficient=%B", "rollout.samples=1"),
            scored("RLOO", "rloo"),
            scored("REINFORCE", "reinforce"),
            GRPO,
            scored("Dr. GRPO", "dr-grpo").with(FEW_OR_NONE),
            ONLINE_DPO,
            FrontierMethod.of("online DPO, dynamic beta", FrontierLearner.OWN_PAIRS, FrontierMethod.PUBLISHED)
                    .with(BETAS),
            FrontierMethod.of("rejection sampling", FrontierLearner.OWN_PAIRS, "alignment.objective=nll")
                    .with(RATES));

    private OwnAnswers() {}

    private static FrontierMethod scored(String name, String type) {
        return FrontierMethod.of(name, FrontierLearner.SCORES, "policy.type=" + type, "policy.kl.coefficient=%B");
    }

    /// The known reward, and one that was learned.
    static List<FrontierPlace> places() {
        return List.of(place("true reward", "medium", "world"), place("reward model", "medium", modelReward()));
    }

    static List<FrontierPlace> quickPlaces() {
        FrontierGrid one = new FrontierGrid(List.of(0.1), List.of(1e-3));
        return List.of(new FrontierPlace(
                "quick",
                "small",
                StudyScale.WORLD,
                List.of(FrontierPlace.mixture("0.5")),
                List.of("rewards=[" + modelReward() + "]"),
                METHODS.stream().map(method -> method.with(one)).toList(),
                one));
    }

    private static String modelReward() {
        return "{type: model, path: '" + FrontierLearner.REWARD_MODEL + "'}";
    }

    private static FrontierPlace place(String name, String model, String reward) {
        return new FrontierPlace(
                name,
                model,
                StudyScale.WORLD,
                List.of(FrontierPlace.mixture("0.5")),
                List.of("rewards=[" + reward + "]"),
                METHODS,
                GRID);
    }
}
