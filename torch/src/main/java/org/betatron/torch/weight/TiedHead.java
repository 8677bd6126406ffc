package org.betatron.torch.weight;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.torch.files.WeightFile;

/// Whether files agree with a configuration that ties the head to the embedding.
public final class TiedHead {

    private TiedHead() {}

    /// @param blueprint of a model whose head is tied
    /// @return whether the files hold a head of its own that is not the embedding; transformers 5
    ///     uses it then
    public static boolean isContradicted(ModelDirectory directory, Blueprint blueprint) {
        String embedding = blueprint.embedding().weight();
        String head = blueprint.vocabulary().weight();
        Map<String, WeightFile> holders = new HashMap<>();
        try {
            for (Path path : directory.weightFiles()) {
                WeightFile file = WeightFiles.open(path);
                boolean holds = false;
                for (String name : new String[] {embedding, head}) {
                    if (file.shapes().containsKey(name)) {
                        holders.putIfAbsent(name, file);
                        holds = true;
                    }
                }
                if (!holds) {
                    file.close();
                }
            }
            WeightFile ofEmbedding = holders.get(embedding);
            WeightFile ofHead = holders.get(head);
            return ofEmbedding != null && ofHead != null && !ofHead.holdsSame(head, ofEmbedding, embedding);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the model in " + directory.path(), e);
        } finally {
            holders.values().stream().distinct().forEach(WeightFile::close);
        }
    }
}
