package org.betatron.evaluation.study;

/// A point of a figure, a row of a table.
///
/// @param line which line it is on
/// @param x    where on that line
public record Place(String line, String x) {

    /// @param study that this is a point of
    String name(Study study) {
        return x.isEmpty() ? line : line + " (" + study.xName() + " " + x + ")";
    }
}
