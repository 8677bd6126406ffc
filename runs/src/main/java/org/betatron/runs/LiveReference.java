package org.betatron.runs;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.betatron.core.model.AdapterSpec;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.ReferenceSection;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.adapter.AdapterFiles;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.tensor.DataType;
import org.betatron.training.reference.MovingReference;
import org.betatron.training.reference.ReferenceUpdateSpec;
import org.betatron.training.run.Checkpoint;

/// A reference that runs beside the policy: a model of its own, or the policy's base where the
/// policy is an adapter.
///
/// @param model  to be closed before the policy
/// @param moving the model, if it follows the policy
record LiveReference<S>(TorchLanguageModel model, Optional<MovingReference<S>> moving) implements AutoCloseable {

    /// @param section which reference
    /// @param policy  open longer
    /// @param anew    what a rule goes on from when the reference has moved
    static <S> LiveReference<S> open(
            Recipe recipe,
            ReferenceSection section,
            RunSession session,
            TorchLanguageModel policy,
            UnaryOperator<S> anew) {
        TorchLanguageModel model = isOfPolicy(recipe, section)
                ? ofPolicy(recipe, section, session, policy)
                : ofItsOwn(recipe, section, session);
        Optional<MovingReference<S>> moving = section.update() instanceof ReferenceUpdateSpec.Blend blend
                ? Optional.of(new MovingReference<>(model, blend, anew))
                : Optional.empty();
        return new LiveReference<>(model, moving);
    }

    /// Whether it shares the base of a policy with an adapter.
    private static boolean isOfPolicy(Recipe recipe, ReferenceSection section) {
        return section.model().isEmpty()
                && (recipe.adapter() instanceof AdapterSpec.Lora || AdapterFiles.isAdapter(Path.of(recipe.model())));
    }

    private static TorchLanguageModel ofPolicy(
            Recipe recipe, ReferenceSection section, RunSession session, TorchLanguageModel policy) {
        Path start = Path.of(recipe.model());
        if (section.update() instanceof ReferenceUpdateSpec.Blend) {
            return session.checkpoint()
                    .map(checkpoint -> policy.withAdapter(checkpoint.referenceDirectory()))
                    .orElseGet(policy::withAdapterAsItIs);
        }
        // As it was when the run began, whatever the policy has learned since.
        return AdapterFiles.isAdapter(start) ? policy.withAdapter(ModelPlace.of(start)) : policy.withoutAdapter();
    }

    private static TorchLanguageModel ofItsOwn(Recipe recipe, ReferenceSection section, RunSession session) {
        boolean moves = section.update() instanceof ReferenceUpdateSpec.Blend;
        Path start = ModelPlace.of(Path.of(section.model().isEmpty() ? recipe.model() : section.model()));
        Path directory = session.checkpoint()
                .filter(_ -> moves)
                .map(Checkpoint::referenceDirectory)
                .orElse(start);
        session.useThreads();
        ComputeSpec compute = recipe.compute().model();
        // In bf16, most numbers of a reference would stay where they are when it moves by a small share.
        TorchLanguageModel model =
                session.models().language(directory, moves ? compute.withWeights(DataType.FP32) : compute);
        if (moves) {
            model.noteFiles();
        }
        session.tell(new RunEvent.ReferenceOpened(directory));
        return model;
    }

    @Override
    public void close() {
        model.close();
    }
}
