package org.betatron.core.model;

import java.util.Arrays;

/// A flat ragged batch of token ids: groups of one prompt followed by the responses that share it.
///
/// ```text
/// tokens   | prompt 0 | response 0 | response 1 | prompt 1 | response 2 | prompt 2 | ...
/// position | 0 .. P-1 | P ..       | P ..       | 0 ..     | P' ..      | 0 ..
/// sees     | itself   | prompt 0   | prompt 0   | itself   | prompt 1   |
///          |          | and itself | and itself |          | and itself |
/// ```
///
/// There is no padding. A prompt is computed once however many responses follow it: two for a
/// preference pair, one for supervised fine-tuning, any number for sampled answers. Every response
/// token is scored: the token at index `t` of a response is predicted from the row before it, which
/// for `t = 0` is the last row of the prompt.
///
/// Log-probabilities of a batch are one flat array over all response tokens in batch order;
/// [#logProbOffset] says where a response begins in it. Responses are numbered through the whole
/// batch, groups likewise.
///
/// Immutable as long as callers do not write into the arrays that the accessors lend. Thread-safe
/// under the same condition.
public final class PackedBatch {

    private final int[] tokenIds;
    private final int[] promptStarts; // [groups]
    private final int[] promptLengths; // [groups]
    private final int[]
            firstResponses; // [groups + 1]: responses of group g are firstResponses[g] .. firstResponses[g + 1]
    private final int[] responseStarts; // [responses]
    private final int[] logProbOffsets; // [responses + 1]

    private PackedBatch(
            int[] tokenIds,
            int[] promptStarts,
            int[] promptLengths,
            int[] firstResponses,
            int[] responseStarts,
            int[] logProbOffsets) {
        this.tokenIds = tokenIds;
        this.promptStarts = promptStarts;
        this.promptLengths = promptLengths;
        this.firstResponses = firstResponses;
        this.responseStarts = responseStarts;
        this.logProbOffsets = logProbOffsets;
    }

    /// @return a builder to which groups are added one by one
    public static Builder builder() {
        return new Builder();
    }

    /// @return number of token rows that a model computes, prompts and responses together
    public int numTokens() {
        return tokenIds.length;
    }

    /// @return number of rows of a group, its prompt and its responses together
    public int numTokens(int group) {
        int end = group + 1 < numGroups() ? promptStarts[group + 1] : tokenIds.length;
        return end - promptStarts[group];
    }

    public int numGroups() {
        return promptStarts.length;
    }

    /// @return number of responses in the whole batch
    public int numResponses() {
        return responseStarts.length;
    }

    /// @return number of scored tokens, the length of every log-probability array of this batch
    public int numResponseTokens() {
        return logProbOffsets[responseStarts.length];
    }

    /// @return token ids of all rows, `[numTokens]`; lent, not to be written
    public int[] tokenIds() {
        return tokenIds;
    }

    /// @return row of the first prompt token of a group
    public int promptStart(int group) {
        return promptStarts[group];
    }

    /// @return number of prompt tokens of a group, at least 1
    public int promptLength(int group) {
        return promptLengths[group];
    }

    /// @return number of the group's first response; its last is one less than that of the next
    ///     group
    public int firstResponse(int group) {
        return firstResponses[group];
    }

    /// @return number of responses that share the group's prompt, at least 1
    public int numResponses(int group) {
        return firstResponses[group + 1] - firstResponses[group];
    }

    /// @return row of the first token of a response
    public int responseStart(int response) {
        return responseStarts[response];
    }

    /// @return number of tokens of a response, at least 1
    public int responseLength(int response) {
        return logProbOffsets[response + 1] - logProbOffsets[response];
    }

    /// @return index of the response's first token in a log-probability array of this batch
    public int logProbOffset(int response) {
        return logProbOffsets[response];
    }

    /// @return position of every row within its own sequence, `[numTokens]`; responses continue
    ///     from their prompt
    public int[] positions() {
        int[] positions = new int[tokenIds.length];
        for (int group = 0; group < numGroups(); group++) {
            fillAscending(positions, promptStarts[group], promptLengths[group], 0);
            for (int response = firstResponses[group]; response < firstResponses[group + 1]; response++) {
                fillAscending(positions, responseStarts[response], responseLength(response), promptLengths[group]);
            }
        }
        return positions;
    }

    /// @return for every scored token the row that predicts it, `[numResponseTokens]`; the last row
    ///     of a prompt occurs once per response of its group
    public int[] predictorRows() {
        int[] rows = new int[numResponseTokens()];
        for (int group = 0; group < numGroups(); group++) {
            for (int response = firstResponses[group]; response < firstResponses[group + 1]; response++) {
                int offset = logProbOffsets[response];
                rows[offset] = promptStarts[group] + promptLengths[group] - 1;
                fillAscending(rows, offset + 1, responseLength(response) - 1, responseStarts[response]);
            }
        }
        return rows;
    }

    /// @param groups numbers of groups, at least one
    /// @return a batch of these groups alone, in the given order
    public PackedBatch select(int[] groups) {
        Builder builder = builder();
        for (int group : groups) {
            int[][] responses = new int[numResponses(group)][];
            for (int i = 0; i < responses.length; i++) {
                int response = firstResponses[group] + i;
                responses[i] = tokens(responseStarts[response], responseLength(response));
            }
            builder.add(tokens(promptStarts[group], promptLengths[group]), responses);
        }
        return builder.build();
    }

    private int[] tokens(int start, int length) {
        return Arrays.copyOfRange(tokenIds, start, start + length);
    }

    /// @return ids of the scored tokens, `[numResponseTokens]`
    public int[] targets() {
        int[] targets = new int[numResponseTokens()];
        for (int response = 0; response < numResponses(); response++) {
            System.arraycopy(
                    tokenIds, responseStarts[response], targets, logProbOffsets[response], responseLength(response));
        }
        return targets;
    }

    private static void fillAscending(int[] array, int start, int length, int first) {
        for (int i = 0; i < length; i++) {
            array[start + i] = first + i;
        }
    }

    /// Collects groups into a [PackedBatch]. Not thread-safe; usable once.
    public static final class Builder {

        private int[] tokenIds = new int[256];
        private int numTokens;
        private int[] promptStarts = new int[16];
        private int[] promptLengths = new int[16];
        private int[] firstResponses = new int[17];
        private int numGroups;
        private int[] responseStarts = new int[32];
        private int[] logProbOffsets = new int[33];
        private int numResponses;

        private Builder() {}

        /// Adds one group.
        ///
        /// @param prompt    token ids of the shared prompt, at least one: the first response token
        ///     needs a row to be predicted from
        /// @param responses token ids of each response, at least one response with at least one
        ///     token
        /// @return this builder
        /// @throws IllegalArgumentException if the prompt or a response is empty
        public Builder add(int[] prompt, int[]... responses) {
            if (prompt.length == 0) {
                throw new IllegalArgumentException(
                        "prompt must have at least one token: the first response token is predicted from its last row");
            }
            if (responses.length == 0) {
                throw new IllegalArgumentException("a group must have at least one response");
            }
            // All checks come before the first change: a refused group leaves nothing behind.
            for (int[] response : responses) {
                if (response.length == 0) {
                    throw new IllegalArgumentException("response must have at least one token");
                }
            }
            promptStarts = ensure(promptStarts, numGroups + 1);
            promptLengths = ensure(promptLengths, numGroups + 1);
            firstResponses = ensure(firstResponses, numGroups + 2);
            promptStarts[numGroups] = append(prompt);
            promptLengths[numGroups] = prompt.length;
            for (int[] response : responses) {
                responseStarts = ensure(responseStarts, numResponses + 1);
                logProbOffsets = ensure(logProbOffsets, numResponses + 2);
                responseStarts[numResponses] = append(response);
                logProbOffsets[numResponses + 1] = logProbOffsets[numResponses] + response.length;
                numResponses++;
            }
            firstResponses[++numGroups] = numResponses;
            return this;
        }

        /// @return the packed batch; the builder must not be used afterwards
        /// @throws IllegalStateException if nothing was added
        public PackedBatch build() {
            if (numGroups == 0) {
                throw new IllegalStateException("a packed batch must have at least one group");
            }
            return new PackedBatch(
                    Arrays.copyOf(tokenIds, numTokens),
                    Arrays.copyOf(promptStarts, numGroups),
                    Arrays.copyOf(promptLengths, numGroups),
                    Arrays.copyOf(firstResponses, numGroups + 1),
                    Arrays.copyOf(responseStarts, numResponses),
                    Arrays.copyOf(logProbOffsets, numResponses + 1));
        }

        private int append(int[] ids) {
            tokenIds = ensure(tokenIds, numTokens + ids.length);
            System.arraycopy(ids, 0, tokenIds, numTokens, ids.length);
            int start = numTokens;
            numTokens += ids.length;
            return start;
        }

        private static int[] ensure(int[] array, int size) {
            return size <= array.length ? array : Arrays.copyOf(array, Math.max(size, array.length * 2));
        }
    }
}
