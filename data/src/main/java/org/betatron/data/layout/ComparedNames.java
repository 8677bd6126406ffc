package org.betatron.data.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What files call two answers, and what says which of them is better.
final class ComparedNames {

    private static final List<String> STEMS = List.of("response", "answer", "output", "completion", "conversation");

    /// How the names of two answers end.
    private static final List<List<String>> ENDINGS = List.of(
            List.of("_0", "_1"), List.of("_a", "_b"), List.of("_A", "_B"), List.of("_1", "_2"), List.of("1", "2"));

    /// Names of what names the better one.
    static final List<String> WINNERS = List.of(
            "winner", "better_response_id", "safer_response_id", "preference", "preferred", "preferred_response");

    private static final List<String> STRENGTHS = List.of("preference_strength", "overall_preference");

    private static final List<String> SCORES = List.of("score", "rating", "reward");

    /// Every layout of two answers, as fields of [PreferenceLabel] and their names.
    static final List<Map<String, String>> ALL = all();

    private ComparedNames() {}

    private static List<Map<String, String>> all() {
        List<Map<String, String>> all = new ArrayList<>();
        all.add(named("first", "second", PreferenceLabel.WINNER, "winner"));
        for (String stem : STEMS) {
            for (List<String> ends : ENDINGS) {
                String first = stem + ends.getFirst();
                String second = stem + ends.getLast();
                all.add(Map.of(
                        PreferenceLabel.FIRST,
                        first,
                        PreferenceLabel.SECOND,
                        second,
                        PreferenceLabel.FIRST_WINS,
                        "winner_model" + ends.getFirst(),
                        PreferenceLabel.SECOND_WINS,
                        "winner_model" + ends.getLast()));
                STRENGTHS.forEach(name -> all.add(named(first, second, PreferenceLabel.STRENGTH, name)));
                WINNERS.forEach(name -> all.add(named(first, second, PreferenceLabel.WINNER, name)));
                SCORES.forEach(name -> all.add(Map.of(
                        PreferenceLabel.FIRST,
                        first,
                        PreferenceLabel.SECOND,
                        second,
                        PreferenceLabel.FIRST_SCORE,
                        name + ends.getFirst(),
                        PreferenceLabel.SECOND_SCORE,
                        name + ends.getLast())));
            }
        }
        all.add(named("human_ref_A", "human_ref_B", PreferenceLabel.FIRST_WINS, "labels"));
        return List.copyOf(all);
    }

    private static Map<String, String> named(String first, String second, String label, String field) {
        return Map.of(PreferenceLabel.FIRST, first, PreferenceLabel.SECOND, second, label, field);
    }
}
