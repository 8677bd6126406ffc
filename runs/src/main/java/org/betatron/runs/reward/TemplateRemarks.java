package org.betatron.runs.reward;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.data.template.ChatTemplate;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.recipe.RewardSourceSpec;

/// Says which reward models have learned from prompts in another layout than the policy's, whose
/// prompts they are to score.
public final class TemplateRemarks {

    private TemplateRemarks() {}

    /// @param policy directory of its model
    /// @param specs  sources of rewards
    /// @return a line for each reward model with another chat template
    public static List<String> of(Path policy, List<RewardSourceSpec> specs) {
        List<String> remarks = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            if (specs.get(i) instanceof RewardSourceSpec.Model model
                    && !ChatTemplate.source(ModelPlace.of(Path.of(model.path())))
                            .equals(ChatTemplate.source(policy))) {
                remarks.add(RewardSourceSpec.PATH + "[" + i + "]: the chat template of " + model.path()
                        + " is another one than the policy's, with which prompts that are messages are written for both:"
                        + " it may score a layout that it has never seen; train a reward model from the policy's own"
                        + " start, or look whether its scores of known answers are right");
            }
        }
        return remarks;
    }
}
