package org.betatron.torch.attention;

/// The attention of one layer.
///
/// @param numHeads         query heads
/// @param numKeyValueHeads key and value heads; each serves `numHeads / numKeyValueHeads` query heads
/// @param headDim          dimensions of a head
/// @param rotary           how positions turn queries and keys
public record AttentionSpec(int numHeads, int numKeyValueHeads, int headDim, RotarySpec rotary) {}
