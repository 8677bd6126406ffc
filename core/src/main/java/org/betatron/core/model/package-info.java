/// The contract between an alignment run and a language model: a ragged batch of token ids in, one
/// log-probability per response token out, and one derivative per response token back in.
///
/// Main types: [org.betatron.core.model.PackedBatch], [org.betatron.core.model.LanguageModel],
/// [org.betatron.core.model.TrainableModel], [org.betatron.core.model.ForwardPass]. Tensors,
/// devices and architectures do not belong here; they live behind these interfaces.
@NullMarked
package org.betatron.core.model;

import org.jspecify.annotations.NullMarked;
