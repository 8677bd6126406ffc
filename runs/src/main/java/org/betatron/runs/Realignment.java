package org.betatron.runs;

import java.nio.file.Path;
import org.betatron.generation.RealignedModel;
import org.betatron.runs.model.ModelPlace;
import org.betatron.torch.adapter.AdapterFiles;
import org.jspecify.annotations.Nullable;

/// Which policy between an aligned model and its reference answers, or beyond: [RealignedModel].
///
/// @param lambda    share of the aligned model, ≥ 0 and finite
/// @param reference Hugging Face directory, or GGUF file, of the model that it was aligned from
public record Realignment(double lambda, Path reference) {

    public Realignment {
        RealignedModel.requireLambda(lambda);
    }

    /// @param model     that is realigned
    /// @param reference null for the base of an adapter
    /// @throws IllegalArgumentException if there is no reference: the model is no adapter, and none was named
    public static Realignment of(double lambda, Path model, @Nullable Path reference) {
        if (reference != null) {
            return new Realignment(lambda, reference);
        }
        Path place = ModelPlace.of(model);
        if (!AdapterFiles.isAdapter(place)) {
            throw new IllegalArgumentException("to realign " + model
                    + " its reference must be known: name the model that it was aligned from with --reference");
        }
        return new Realignment(lambda, base(place));
    }

    /// @return whether the reference is the base of the adapter that lies there
    static boolean isBase(Path reference, Path adapter) {
        return AdapterFiles.isAdapter(adapter) && ModelPlace.of(base(adapter)).equals(ModelPlace.of(reference));
    }

    private static Path base(Path adapter) {
        return Path.of(new AdapterFiles(adapter).readConfig().base());
    }
}
