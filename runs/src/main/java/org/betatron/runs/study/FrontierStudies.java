package org.betatron.runs.study;

import java.util.List;
import org.betatron.evaluation.frontier.FrontierLayout;
import org.betatron.runs.study.FrontierStudy.Size;

/// The studies of frontiers.
public final class FrontierStudies {

    private static final List<Integer> DOUBLING = List.of(1, 2, 4, 8);
    private static final List<Integer> QUARTERS = List.of(2, 4, 6, 8);
    private static final StudyScale QUICK = new StudyScale(100, 24, 80, 1);

    private static final String MEASURED = "measured after an eighth, a quarter, a half and all of them on %2$d"
            + " questions that no training data has, answers drawn at temperature 1.";
    private static final String SAME_START =
            "- The controlled world ([studies](../../../studies.md)): %1$d steps from the same supervised model, ";

    private static final FrontierStudy FRONTIER = new FrontierStudy(
            "frontier",
            "What DPO, dynamic beta and the filter reach at the same distance from the start",
            new FrontierLayout(
                    "What is reached at the same distance from the start",
                    FrontierMethod.DPO.name(),
                    List.of(1, 2, 4),
                    "",
                    false),
            // Some seconds a run on one core.
            new Size(FrontierPlace.all(), new StudyScale(400, 96, 320, 1)),
            new Size(FrontierPlace.quick(), QUICK),
            8,
            DOUBLING,
            List.of(
                    "- The controlled world ([studies](../../../studies.md)): %1$d steps of " + StudyScale.BATCH_SIZE
                            + " pairs from the same supervised model, " + MEASURED,
                    "- Every method has the same grid of beta_0 and learning rate."));

    private static final FrontierStudy ONLINE = new FrontierStudy(
            "online",
            "What learning from own answers reaches at the same distance from the start, and a reward model's part in it",
            new FrontierLayout(
                    "Learning from own answers: what is reached at the same distance from the start",
                    OwnAnswers.OFFLINE.name(),
                    List.of(1, 2, 4, 8),
                    "moment",
                    true),
            new Size(OwnAnswers.places(), new StudyScale(400, 64, 320, 1)),
            new Size(OwnAnswers.quickPlaces(), QUICK),
            5,
            DOUBLING,
            List.of(
                    SAME_START + MEASURED,
                    "- A step: " + StudyScale.ANSWERS
                            + " own answers, 8 to each of 4 prompts; in PPO 1 to each of 32; in online"
                            + " DPO 4 to each of 8, the best against the worst; rejection sampling learns from the best of"
                            + " these alone. In offline DPO " + StudyScale.BATCH_SIZE
                            + " pairs of the data, so twice as many"
                            + " answers.",
                    "- Every method has four settings, two learning rates with two of: `KL`, the coefficient of the divergence,"
                            + " in the reward, and in the loss of GRPO and Dr. GRPO; `beta`, DPO's; rejection sampling has"
                            + " four learning rates.",
                    "- The reward model begins at the supervised model and learns from the pairs that offline DPO has;"
                            + " settings are chosen by the true reward there, too."));

    private static final FrontierStudy SELF_PLAY = new FrontierStudy(
            "self-play",
            "What four rounds of self-play reach at the same distance from the start, by what becomes of reference and beta",
            new FrontierLayout(
                    "Four rounds of self-play: what becomes of the reference, of beta and of its statistics",
                    SelfPlay.MOVES.name(),
                    List.of(1, 2, 4, 8),
                    "round",
                    true),
            new Size(SelfPlay.places(SelfPlay.STEPS), new StudyScale(400, SelfPlay.STEPS, 320, 1)),
            new Size(SelfPlay.quickPlaces(QUICK.steps()), QUICK),
            5,
            QUARTERS,
            List.of(
                    SAME_START + "in four rounds: all answers of a round are written with the weights at its begin, and"
                            + " the reference moves to the policy at its end, unless it stays. Measured after each on"
                            + " %2$d questions that no training data has, answers drawn at temperature 1.",
                    "- A step: 8 pairs, each of the best and the worst of 4 own answers, or of the data's preferred answer"
                            + " and an own one (SPIN).",
                    "- Divergence is from the supervised model, wherever the reference is."));

    public static final List<FrontierStudy> ALL = List.of(FRONTIER, ONLINE, SELF_PLAY);

    private FrontierStudies() {}
}
