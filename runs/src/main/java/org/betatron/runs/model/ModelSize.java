package org.betatron.runs.model;

/// How large a model is.
///
/// @param parameters numbers that it consists of
/// @param trainable  how many of them training moves
public record ModelSize(long parameters, long trainable) {}
