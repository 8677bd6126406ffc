package org.betatron.data.world;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.betatron.core.Numbers;

/// A question with two answers and a preference between them.
///
/// @param question       what was asked
/// @param chosen         the answer that the label prefers
/// @param rejected       the other answer
/// @param chosenReward   its true reward
/// @param rejectedReward its true reward
/// @param flipped        whether the label was exchanged after it was drawn
/// @param kind           how far apart the answers are
record WorldPair(
        Question question,
        String chosen,
        String rejected,
        double chosenReward,
        double rejectedReward,
        boolean flipped,
        PairKind kind) {

    /// Words in the heap of an outlier.
    private static final int HEAP_WORDS = 24;

    /// Draws two answers of a kind, a preference by Bradley-Terry, and whether it is flipped.
    static WorldPair draw(Question question, WorldSpec spec, RandomGenerator random) {
        PairKind kind = random.nextDouble() < spec.outliers()
                ? PairKind.OUTLIER
                : random.nextDouble() < spec.lowGap() ? PairKind.LOW : PairKind.HIGH;
        while (true) {
            String a = AnswerTraits.draw(random).write(question, random);
            String b = kind == PairKind.OUTLIER
                    ? heap(random)
                    : AnswerTraits.draw(random).write(question, random);
            double rewardA = reward(question, a);
            double rewardB = reward(question, b);
            if (fits(kind, Math.abs(rewardA - rewardB)) && !a.equals(b)) {
                boolean prefersA = prefersFirst(rewardA - rewardB, spec.temperature(), random);
                boolean flipped = random.nextDouble() < flips(kind, spec);
                return prefersA != flipped
                        ? new WorldPair(question, a, b, rewardA, rewardB, flipped, kind)
                        : new WorldPair(question, b, a, rewardB, rewardA, flipped, kind);
            }
        }
    }

    private static double flips(PairKind kind, WorldSpec spec) {
        return kind == PairKind.OUTLIER ? 1 - (1 - spec.flips()) * (1 - spec.outlierFlips()) : spec.flips();
    }

    private static boolean fits(PairKind kind, double gap) {
        return switch (kind) {
            case LOW -> gap > 0 && gap <= WorldSpec.LOW_GAP;
            case HIGH -> gap >= WorldSpec.HIGH_GAP;
            case OUTLIER -> true;
        };
    }

    private static boolean prefersFirst(double gap, double temperature, RandomGenerator random) {
        double uniform = random.nextDouble();
        return temperature == 0 ? gap > 0 : uniform < Numbers.sigmoid(gap / temperature);
    }

    private static String heap(RandomGenerator random) {
        List<String> words = new ArrayList<>(WorldTokenizer.words());
        Collections.shuffle(words, Random.from(random));
        return String.join(" ", words.subList(0, HEAP_WORDS));
    }

    private static double reward(Question question, String answer) {
        return WorldReward.of(question.prompt(), answer).total();
    }
}
