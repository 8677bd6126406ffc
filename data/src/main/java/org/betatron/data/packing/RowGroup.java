package org.betatron.data.packing;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.betatron.data.row.TokenizedRow;

/// Rows that become one group of a packed batch: one prompt, and each response to it once.
final class RowGroup {

    private final int[] prompt;
    private final boolean sharing;
    private final List<int[]> responses = new ArrayList<>();
    private final Map<IntBuffer, Integer> places = new HashMap<>(); // by content
    private final List<Integer> indices = new ArrayList<>();
    private final List<int[]> responsesOfRows = new ArrayList<>();
    private int numTokens;
    private int numRows;

    /// @param sharing whether equal responses are one
    RowGroup(int[] prompt, boolean sharing) {
        this.prompt = prompt;
        this.sharing = sharing;
        numTokens = prompt.length;
    }

    /// @param row a row with this prompt
    /// @return whether the group stays within the limits with it
    boolean fits(TokenizedRow row, Packing limit) {
        int more = missingTokens(row);
        return limit.holds(numRows + (more > 0 ? 1 : 0), (long) numTokens + more);
    }

    /// @param row a row with this prompt
    /// @return tokens of its responses that are not there yet
    int missingTokens(TokenizedRow row) {
        return row.responses().stream()
                .filter(response -> !places.containsKey(IntBuffer.wrap(response)))
                .mapToInt(response -> response.length)
                .sum();
    }

    /// @param index number by which the row is known
    /// @param row   a row with this prompt
    void add(int index, TokenizedRow row) {
        int before = responses.size();
        indices.add(index);
        responsesOfRows.add(row.responses().stream().mapToInt(this::place).toArray());
        numRows += responses.size() > before ? 1 : 0;
    }

    private int place(int[] response) {
        Integer known = sharing ? places.putIfAbsent(IntBuffer.wrap(response), responses.size()) : null;
        if (known != null) {
            return known;
        }
        numTokens += response.length;
        responses.add(response);
        return responses.size() - 1;
    }

    int[] prompt() {
        return prompt;
    }

    int[][] responses() {
        return responses.toArray(int[][]::new);
    }

    /// @return tokens that a model computes for all of it
    int numTokens() {
        return numTokens;
    }

    /// @return rows that brought a response of their own, at least 1
    int numRows() {
        return numRows;
    }

    /// @return numbers by which the rows are known, ascending if they came so
    List<Integer> indices() {
        return indices;
    }

    /// @return by row, which of the group's responses are its own
    List<int[]> responsesOfRows() {
        return responsesOfRows;
    }
}
