package org.betatron.runs.reward;

import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.betatron.torch.TorchRewardModel;

/// What sources of rewards need of the run that asks them.
///
/// @param models        opens a reward model on the device that it is to compute on
/// @param specialTokens texts of the special tokens of the policy's tokenizer
/// @param kept          directory for replies of judges that name none
/// @param confirmed     whether the user knows what judges may cost
/// @param told          hears what has to be said, a line each
public record RewardContext(
        Function<Path, TorchRewardModel> models,
        Set<String> specialTokens,
        Path kept,
        boolean confirmed,
        Consumer<String> told) {

    public RewardContext {
        specialTokens = Set.copyOf(specialTokens);
    }
}
