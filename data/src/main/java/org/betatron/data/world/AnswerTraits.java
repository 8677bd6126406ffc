package org.betatron.data.world;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// What an answer is like, before it is put into words.
///
/// @param claim   what it says about the question
/// @param extra   what else it says about the thing
/// @param manner  how it says it
/// @param fillers sentences that say nothing, at most as many as there are
record AnswerTraits(Claim claim, Claim extra, Manner manner, int fillers) {

    enum Claim {
        TRUE,
        NONE,
        FALSE
    }

    enum Manner {
        POLITE,
        PLAIN,
        RUDE
    }

    /// Draws an answer as the texts of the world have them: more right than wrong, rude as often as
    /// polite, so that there is much to be gained by choosing well.
    static AnswerTraits draw(RandomGenerator random) {
        return new AnswerTraits(
                draw(random, Claim.values(), 0.55, 0.2),
                draw(random, Claim.values(), 0.3, 0.6),
                draw(random, Manner.values(), 0.3, 0.4),
                random.nextDouble() < 0.5 ? 0 : random.nextInt(1, 3));
    }

    /// @param first  probability of the first value
    /// @param second probability of the second value
    private static <T> T draw(RandomGenerator random, T[] values, double first, double second) {
        double uniform = random.nextDouble();
        return uniform < first ? values[0] : uniform < first + second ? values[1] : values[2];
    }

    /// @return an answer with these traits
    String write(Question question, RandomGenerator random) {
        List<String> sentences = new ArrayList<>();
        if (manner != Manner.PLAIN) {
            sentences.add(pick(manner == Manner.POLITE ? Phrases.POLITE_OPENINGS : Phrases.RUDE_OPENINGS, random));
        }
        List<String> unused = new ArrayList<>(Phrases.FILLERS);
        for (int i = 0; i < fillers; i++) {
            sentences.add(unused.remove(random.nextInt(unused.size())));
        }
        sentences.add(
                claim == Claim.NONE
                        ? pick(Phrases.EVASIONS, random)
                        : statement(question, question.topic(), claim, "the " + question.thing(), random));
        if (extra != Claim.NONE) {
            List<Topic> others = new ArrayList<>(List.of(Topic.values()));
            others.remove(question.topic());
            sentences.add(statement(question, pick(others, random), extra, "it", random));
        }
        if (manner != Manner.PLAIN && random.nextInt(4) == 0) {
            sentences.add(pick(manner == Manner.POLITE ? Phrases.POLITE_CLOSINGS : Phrases.RUDE_CLOSINGS, random));
        }
        return String.join(" ", sentences);
    }

    private static String statement(
            Question question, Topic topic, Claim claim, String subject, RandomGenerator random) {
        String truth = question.truth(topic);
        String value = truth;
        while (claim == Claim.FALSE && value.equals(truth)) {
            value = pick(topic.answers(), random);
        }
        return topic.statement(subject, value);
    }

    private static <T> T pick(List<T> list, RandomGenerator random) {
        return list.get(random.nextInt(list.size()));
    }
}
