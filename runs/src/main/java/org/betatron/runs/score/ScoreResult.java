package org.betatron.runs.score;

import java.util.List;
import org.betatron.evaluation.suspicion.FlipSearch;
import org.betatron.evaluation.suspicion.Suspect;

/// What came of scoring pairs.
///
/// @param pairs    number of pairs that were scored
/// @param suspects most negative gaps first
/// @param searches how well gaps find flips, where rows say which are flipped
public record ScoreResult(int pairs, List<Suspect> suspects, List<FlipSearch> searches) {}
