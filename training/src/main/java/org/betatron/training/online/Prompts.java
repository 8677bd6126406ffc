package org.betatron.training.online;

import java.util.List;
import org.betatron.data.row.RowOrder;

/// What a policy is asked, each once in every pass over them.
///
/// @param tokenIds of each, at least one prompt
/// @param names    of their rows
/// @param order    in which they are asked
public record Prompts(List<int[]> tokenIds, List<String> names, RowOrder order) {

    public Prompts {
        if (tokenIds.isEmpty() || tokenIds.size() != names.size()) {
            throw new IllegalArgumentException("there must be at least one prompt, each with a name, but there were "
                    + tokenIds.size() + " prompts and " + names.size() + " names");
        }
    }

    /// @param seed of the order, which is another one in every pass
    public static Prompts shuffled(List<int[]> tokenIds, List<String> names, long seed) {
        return new Prompts(tokenIds, names, new RowOrder(Math.max(1, tokenIds.size()), seed));
    }

    public int size() {
        return tokenIds.size();
    }
}
