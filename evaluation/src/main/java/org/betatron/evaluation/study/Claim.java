package org.betatron.evaluation.study;

import java.util.List;

/// Something that the publication reports, and the comparisons that would show it.
///
/// @param published what is said there
/// @param contests  what is expected to come out ahead of what
public record Claim(String published, List<Contest> contests) {

    /// Two points of a study.
    ///
    /// @param better is expected to be better
    /// @param worse  than this
    public record Contest(Place better, Place worse) {}

    public Claim {
        contests = List.copyOf(contests);
    }

    /// @return a claim that one line is above another at every one of these places
    public static Claim everywhere(String published, String better, String worse, List<String> xs) {
        return new Claim(
                published,
                xs.stream()
                        .map(x -> new Contest(new Place(better, x), new Place(worse, x)))
                        .toList());
    }
}
