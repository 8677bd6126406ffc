package org.betatron.runs.plan;

/// Part of the memory of a run when it needs most.
///
/// @param name  what it is for
/// @param bytes how much
public record MemoryPart(String name, long bytes) {}
