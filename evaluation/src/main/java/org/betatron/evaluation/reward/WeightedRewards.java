package org.betatron.evaluation.reward;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.betatron.core.RootCause;

/// The weighted sum of sources.
///
/// ```text
/// reward(answer) = sum over sources of weight * score(answer)
/// ```
///
/// An answer that one source cannot score (NaN) has no reward. An infinite score, a wrong number
/// of scores and whatever a source throws are errors that name the source, and the prompt and
/// answer where there is one. Closes its sources. For one thread at a time.
public final class WeightedRewards implements AutoCloseable {

    private final List<Part> parts;

    /// @param name   of the source among the others, as metrics and messages call it
    /// @param weight factor of its scores, finite and not 0
    /// @param source scores; closed with the sum
    public record Part(String name, double weight, RewardSource source) {

        public Part {
            if (!(Math.abs(weight) > 0 && Math.abs(weight) < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "the weight of reward " + name + " must be finite and not 0 but was " + weight);
            }
        }
    }

    /// @param parts at least one, with names of their own; copied
    public WeightedRewards(List<Part> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("there must be at least one source of rewards");
        }
        Set<String> names = new HashSet<>();
        parts.forEach(part -> {
            if (!names.add(part.name())) {
                throw new IllegalArgumentException("two sources of rewards are called " + part.name());
            }
        });
        this.parts = List.copyOf(parts);
    }

    /// @return the sources with their names and weights, in order
    public List<Part> parts() {
        return parts;
    }

    /// @return weights and identities, in order
    public String identity() {
        return parts.stream()
                .map(part -> part.weight() + " * " + part.source().identity())
                .collect(Collectors.joining(" + "));
    }

    /// @return whether a source compares the answers to a prompt with each other: what it says of one answer means
    ///     nothing without the others
    public boolean comparesAnswers() {
        return parts.stream().anyMatch(part -> part.source() instanceof PreferenceSource);
    }

    /// As [RewardSource#check], of every source.
    public void check(RewardPlan plan) {
        for (Part part : parts) {
            try {
                part.source().check(plan);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("reward " + part.name() + ": " + e.getMessage(), e);
            } catch (RewardException e) {
                throw new RewardException("reward " + part.name() + ": " + e.getMessage(), e);
            }
        }
    }

    /// @param groups any number
    /// @return the sum and every part of it
    /// @throws RewardException if a source fails or gives what is no score
    public GroupRewards rewards(List<AnswerGroup> groups) {
        List<double[][]> scores = new ArrayList<>();
        for (Part part : parts) {
            scores.add(scores(part, groups));
        }
        return new GroupRewards(parts, totals(groups, scores), scores);
    }

    private static double[][] scores(Part part, List<AnswerGroup> groups) {
        String name = "reward " + part.name();
        double[][] scores;
        try {
            scores = part.source().rewards(groups);
        } catch (RewardException e) {
            throw new RewardException(name + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new RewardException(
                    name + " failed on the answers to " + prompts(groups) + ": "
                            + e.getClass().getSimpleName() + ": " + RootCause.line(e),
                    e);
        }
        if (scores.length != groups.size()) {
            throw new RewardException(name + " scored " + scores.length + " groups of answers but was given "
                    + groups.size() + ", those of " + prompts(groups));
        }
        for (int g = 0; g < scores.length; g++) {
            String prompt = "prompt \"" + groups.get(g).prompt().id() + "\"";
            int answers = groups.get(g).answers().size();
            if (scores[g].length != answers) {
                throw new RewardException(
                        name + " gave " + scores[g].length + " scores for the " + answers + " answers to " + prompt);
            }
            for (int a = 0; a < answers; a++) {
                if (Double.isInfinite(scores[g][a])) {
                    throw new RewardException(name + " gave " + scores[g][a] + " to answer " + (a + 1) + " of "
                            + answers + " to " + prompt
                            + ": a score must be finite, or NaN for an answer that cannot be scored");
                }
            }
        }
        return scores;
    }

    private static String prompts(List<AnswerGroup> groups) {
        return groups.isEmpty()
                ? "no prompt"
                : "prompt \"" + groups.getFirst().prompt().id() + "\""
                        + (groups.size() == 1 ? "" : " and " + (groups.size() - 1) + " more");
    }

    private double[][] totals(List<AnswerGroup> groups, List<double[][]> scores) {
        double[][] totals = new double[groups.size()][];
        for (int g = 0; g < totals.length; g++) {
            totals[g] = new double[groups.get(g).answers().size()];
            for (int a = 0; a < totals[g].length; a++) {
                for (int s = 0; s < parts.size(); s++) {
                    totals[g][a] += parts.get(s).weight() * scores.get(s)[g][a];
                }
                if (Double.isInfinite(totals[g][a])) {
                    throw new RewardException("the weighted sum of rewards of answer " + (a + 1) + " to prompt \""
                            + groups.get(g).prompt().id()
                            + "\" is beyond all numbers: weights or scores are too large");
                }
            }
        }
        return totals;
    }

    /// @return the accounts of the sources, a line each, with their names
    public List<String> account() {
        return parts.stream()
                .flatMap(part -> part.source().account().stream().map(line -> part.name() + ": " + line))
                .toList();
    }

    /// Closes every source, also behind one that fails.
    @Override
    public void close() {
        closeAll(parts.stream().map(Part::source).toList());
    }

    /// @param sources each is closed; the first failure is thrown, with the others suppressed in it
    public static void closeAll(List<? extends RewardSource> sources) {
        RuntimeException first = null;
        for (RewardSource source : sources) {
            try {
                source.close();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
