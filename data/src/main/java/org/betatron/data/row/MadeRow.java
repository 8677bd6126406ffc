package org.betatron.data.row;

/// A row that was made in training, by a policy that answers prompts for example. Each kind holds what else the rule
/// that learns from it has to know: a reward, other answers to the same prompt.
public non-sealed interface MadeRow extends TokenizedRow {}
