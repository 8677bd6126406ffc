package org.betatron.torch.gguf;

import java.util.Optional;
import org.betatron.gguf.GgufException;
import org.betatron.gguf.GgufFile;
import org.betatron.gguf.GgufMetadata;

/// What every family's file says of the model's shape.
///
/// @param family    of the model
/// @param metadata  of the file
/// @param numLayers transformer layers
/// @param heads     of attention
record GgufShape(GgufFamily family, GgufMetadata metadata, int numLayers, Layout.Heads heads) {

    /// @throws GgufException if the family is not known, or a key that is needed is missing
    static GgufShape of(GgufFile file) {
        GgufMetadata metadata = file.metadata();
        String architecture =
                metadata.text("general.architecture").orElseThrow(() -> metadata.missing("general.architecture"));
        GgufFamily family = GgufFamily.of(architecture)
                .orElseThrow(() -> new GgufException(metadata.where() + " holds a model of the architecture '"
                        + architecture + "', which is not read; known are " + GgufFamily.known()));
        int heads = metadata.requireCount(architecture + ".attention.head_count");
        int layers = metadata.requireCount(architecture + ".block_count");
        if (heads < 1 || layers < 1 || layers > file.tensors().size()) {
            throw new GgufException(metadata.where() + ": " + architecture + ".block_count and .attention.head_count"
                    + " must be at least 1 and no more than the file has tensors but are " + layers + " and " + heads);
        }
        int keyValue = metadata.whole(architecture + ".attention.head_count_kv").isPresent()
                ? metadata.requireCount(architecture + ".attention.head_count_kv")
                : heads;
        if (keyValue < 1) {
            throw new GgufException(metadata.where() + ": " + architecture
                    + ".attention.head_count_kv must be at least 1 but is " + keyValue);
        }
        return new GgufShape(family, metadata, layers, new Layout.Heads(heads, keyValue));
    }

    int count(String key) {
        return metadata.requireCount(key(key));
    }

    double number(String key) {
        return optional(key).orElseThrow(() -> metadata.missing(key(key)));
    }

    /// Settings are kept in float32, but were written as decimal numbers: the shortest that stands
    /// for the same float32 is what they were.
    Optional<Double> optional(String key) {
        return metadata.number(key(key)).map(GgufShape::shortest);
    }

    static double shortest(double number) {
        return (float) number == number ? Double.parseDouble(Float.toString((float) number)) : number;
    }

    String key(String key) {
        return family.architecture() + "." + key;
    }
}
