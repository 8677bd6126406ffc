package org.betatron.evaluation.frontier;

import java.util.List;

/// What a report of a study of frontiers shows.
///
/// @param heading     of the report
/// @param baseline    method that all others are compared with
/// @param levels      divergences at which rewards are listed, nats per answer
/// @param moment      what the measurements along a run are called, as in `round`; empty where they are not listed
/// @param beyondReach what is drawn: false for curves up to where every method gets, true for each as far as it gets
public record FrontierLayout(
        String heading, String baseline, List<Integer> levels, String moment, boolean beyondReach) {

    public FrontierLayout {
        levels = List.copyOf(levels);
    }
}
