package org.betatron.cli.recipe;

/// The reference that log-ratios are taken against, and where its log-probabilities are kept.
///
/// @param model Hugging Face directory; empty for the model that training starts from
/// @param cache directory of the log-probabilities; empty for `reference` in the run directory. Several
///     runs may share one: it is
///     refused if it was made for another model, tokenizer, truncation or data
public record ReferenceSection(String model, String cache) {

    public static final ReferenceSection DEFAULT = new ReferenceSection("", "");
}
