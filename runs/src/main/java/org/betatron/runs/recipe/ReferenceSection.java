package org.betatron.runs.recipe;

import org.betatron.core.alignment.Alignment;
import org.betatron.training.reference.ReferenceUpdateSpec;

/// The reference that log-ratios are taken against, and where its log-probabilities are kept.
///
/// @param model Hugging Face directory; empty for the model that training starts from
/// @param cache directory of the log-probabilities; empty for `reference` in the run directory.
///     Several runs may share one: it is refused if it was made for another model, tokenizer,
///     truncation or data. Not used where the reference has to run beside the policy
/// @param update whether and how the reference follows the policy
public record ReferenceSection(String model, String cache, ReferenceUpdateSpec update) {

    public static final ReferenceSection DEFAULT = new ReferenceSection("", "", ReferenceUpdateSpec.None.DEFAULT);

    /// @param alignment what is learned
    /// @return whether the reference has to run beside the policy
    public boolean isLive(Alignment alignment) {
        return alignment.inputs().needsReferenceLogits() || !(update instanceof ReferenceUpdateSpec.None);
    }
}
