package org.betatron.torch.attention;

import org.betatron.core.model.PackedBatch;

/// The sequences of a [PackedBatch] as attention over sequences of any lengths takes them, one after the
/// other without padding: prompt, its responses, next prompt, ...
///
/// ```text
/// rows    | prompt 0 | response 0 | response 1 | prompt 1 | ...
/// queries | prompt 0 | response 0          | response 1          | prompt 1 | ...    the rows as they are
/// keys    | prompt 0 | prompt 0 response 0 | prompt 0 response 1 | prompt 1 | ...    rows gathered
/// ```
///
/// Causal attention whose last query sees all keys is then exactly what each may see: in a response, query
/// `i` sees the prompt and the response up to `i`. Values go with keys.
final class AttentionSegments {

    private final int[] keyRows;
    private final int[] queryEnds;
    private final int[] keyEnds;

    AttentionSegments(PackedBatch batch) {
        int numSegments = batch.numGroups() + batch.numResponses();
        queryEnds = new int[numSegments + 1];
        keyEnds = new int[numSegments + 1];
        int numKeys = 0;
        for (int group = 0; group < batch.numGroups(); group++) {
            numKeys += (1 + batch.numResponses(group)) * batch.promptLength(group);
            for (int i = 0; i < batch.numResponses(group); i++) {
                numKeys += batch.responseLength(batch.firstResponse(group) + i);
            }
        }
        keyRows = new int[numKeys];
        int segment = 0;
        for (int group = 0; group < batch.numGroups(); group++) {
            int prompt = batch.promptStart(group);
            add(segment++, prompt, 0, prompt, batch.promptLength(group));
            for (int i = 0; i < batch.numResponses(group); i++) {
                int response = batch.firstResponse(group) + i;
                add(
                        segment++,
                        prompt,
                        batch.promptLength(group),
                        batch.responseStart(response),
                        batch.responseLength(response));
            }
        }
    }

    /// @param first  first row that it sees besides its own
    /// @param past   how many these are
    /// @param start  first of its own rows
    /// @param length how many these are
    private void add(int segment, int first, int past, int start, int length) {
        int key = keyEnds[segment];
        for (int i = 0; i < past; i++) {
            keyRows[key++] = first + i;
        }
        for (int i = 0; i < length; i++) {
            keyRows[key++] = start + i;
        }
        keyEnds[segment + 1] = key;
        queryEnds[segment + 1] = queryEnds[segment] + length;
    }

    /// @return row that each key is of, `[keys]`; lent
    int[] keyRows() {
        return keyRows;
    }

    /// @return where the queries of each segment begin, and the last ones end, `[segments + 1]`; lent
    int[] queryEnds() {
        return queryEnds;
    }

    /// @return where the keys of each segment begin, and the last ones end, `[segments + 1]`; lent
    int[] keyEnds() {
        return keyEnds;
    }

    /// @param ends as of queries or keys
    /// @return the largest number between two ends
    static int longest(int[] ends) {
        int longest = 0;
        for (int segment = 1; segment < ends.length; segment++) {
            longest = Math.max(longest, ends[segment] - ends[segment - 1]);
        }
        return longest;
    }
}
