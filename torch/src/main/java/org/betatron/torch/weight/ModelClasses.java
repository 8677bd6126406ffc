package org.betatron.torch.weight;

/// Names of the classes of `transformers` that read the models of a family.
///
/// @param language models that write
/// @param scoring  models that score
public record ModelClasses(String language, String scoring) {

    /// @param family what both names begin with, such as `Llama`
    public static ModelClasses of(String family) {
        return new ModelClasses(family + "ForCausalLM", family + "ForSequenceClassification");
    }
}
