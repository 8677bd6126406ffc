package org.betatron.runs.prompt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which of several prompts a model can answer. The others are left out by name, not the reason of a failure.
public final class AskedPrompts {

    /// Says which prompts are left out.
    @FunctionalInterface
    public interface Teller {

        /// @param ids        of their rows
        /// @param numPrompts that there were
        /// @param why        they cannot be answered
        void leftOut(List<String> ids, int numPrompts, String why);
    }

    private final Map<String, List<String>> idsByReason = new LinkedHashMap<>();
    private int numPrompts;

    /// @param id      of a prompt's row
    /// @param problem why it cannot be answered, see [org.betatron.data.load.RowLimits#promptProblem]
    /// @return whether it can
    public boolean admits(String id, Optional<String> problem) {
        numPrompts++;
        problem.ifPresent(
                why -> idsByReason.computeIfAbsent(why, _ -> new ArrayList<>()).add(id));
        return problem.isEmpty();
    }

    /// Says which prompts are left out.
    ///
    /// @throws IllegalArgumentException if all are
    public void tell(Teller teller) {
        if (leftOut().size() == numPrompts) {
            throw new IllegalArgumentException("no prompt is left to answer: all " + numPrompts + " "
                    + idsByReason.keySet().stream()
                            .map(why -> why.replaceFirst(",$", ""))
                            .collect(Collectors.joining(", or ")));
        }
        idsByReason.forEach((why, ids) -> teller.leftOut(ids, numPrompts, why));
    }

    /// @return rows of the prompts that are left out
    public List<String> leftOut() {
        return idsByReason.values().stream().flatMap(List::stream).toList();
    }
}
