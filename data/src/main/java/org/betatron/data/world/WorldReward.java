package org.betatron.data.world;

import java.util.HashSet;
import java.util.Set;

/// The reward of an answer in the controlled world, known exactly for every text.
///
/// ```text
/// correct   2 if the asked fact is stated, -2 if something else is stated in its place, 0 if nothing is
/// helpful   1 if a true fact is added that was not asked for, -1 if a false one is
/// polite    1 for a polite phrase without a rude one, -1 for a rude one
/// brief     -0.25 for each filler, -0.1 for each word after the twelfth; at least -3
/// clean     -1 for each sentence that is not of the world, about another thing, or said before; at least -4
/// reward    their sum, in [-11, 4]
/// ```
///
/// A wrong statement outweighs a right one beside it. An empty answer has 0, as an evasive one.
///
/// @param correct whether it answers
/// @param helpful whether it tells more
/// @param polite  its manner
/// @param brief   minus what it wastes
/// @param clean   minus what is no answer at all
public record WorldReward(double correct, double helpful, double polite, double brief, double clean) {

    static final int FREE_WORDS = 12;

    /// @param prompt a question of the world
    /// @param answer any text
    /// @throws IllegalArgumentException if the prompt is no question of the world
    public static WorldReward of(String prompt, String answer) {
        Question question = Question.of(prompt);
        Count count = new Count(question);
        for (String sentence : Sentences.of(answer)) {
            count.add(sentence);
        }
        int extraWords = Math.max(0, Sentences.numWords(answer) - FREE_WORDS);
        return new WorldReward(
                2 * sign(count.right, count.wrong),
                sign(count.extra, count.falseExtra),
                sign(count.polite, count.rude),
                0 - Math.min(3, 0.25 * count.fillers + 0.1 * extraWords),
                Math.max(-4, -count.noise));
    }

    /// @return the reward, a multiple of 0.05: equal rewards are equal numbers
    public double total() {
        return Math.rint((correct + helpful + polite + brief + clean) * 20) / 20;
    }

    private static double sign(int good, int bad) {
        return bad > 0 ? -1 : good > 0 ? 1 : 0;
    }

    /// Sorts the sentences of one answer.
    private static final class Count {

        private final Question question;
        private final Set<String> said = new HashSet<>();
        private int right;
        private int wrong;
        private int extra;
        private int falseExtra;
        private int polite;
        private int rude;
        private int fillers;
        private int noise;

        Count(Question question) {
            this.question = question;
        }

        void add(String sentence) {
            if (!said.add(sentence)) {
                noise++;
            } else if (Phrases.isPolite(sentence)) {
                polite++;
            } else if (Phrases.isRude(sentence)) {
                rude++;
            } else if (Phrases.FILLERS.contains(sentence)) {
                fillers++;
            } else if (!Phrases.EVASIONS.contains(sentence) && !addStatement(sentence)) {
                noise++;
            }
        }

        private boolean addStatement(String sentence) {
            Statement statement = Statement.of(sentence, question.thing());
            if (statement == null) {
                return false;
            }
            addFact(statement.topic(), statement.value().equals(question.truth(statement.topic())));
            return true;
        }

        private void addFact(Topic topic, boolean isTrue) {
            if (topic == question.topic()) {
                right += isTrue ? 1 : 0;
                wrong += isTrue ? 0 : 1;
            } else {
                extra += isTrue ? 1 : 0;
                falseExtra += isTrue ? 0 : 1;
            }
        }
    }
}
