package org.betatron.evaluation.suspicion;

import org.betatron.core.VisibleText;

/// A pair whose label a model contradicts, with its texts.
///
/// @param id       see [org.betatron.data.row.TokenizedRow#id]
/// @param file     the file as it was named to the reader
/// @param line     line on which the row begins
/// @param gap      beta_0 times the margin: the further below 0, the more the model contradicts the
///     label
/// @param prompt   what both answers reply to, as the model reads it
/// @param chosen   the answer that the label prefers
/// @param rejected the other answer
public record Suspect(String id, String file, int line, double gap, String prompt, String chosen, String rejected) {

    /// @param text  of any length
    /// @param width most characters of the line, ≥ 2
    /// @return the text on one line, its middle left out where it is too long
    public static String onOneLine(String text, int width) {
        String line = VisibleText.of(text.strip().replaceAll("\\s+", " "));
        if (line.codePointCount(0, line.length()) <= width) {
            return line;
        }
        int[] points = line.codePoints().toArray();
        int head = width / 2;
        int tail = width - head - 1;
        return new String(points, 0, head) + "…" + new String(points, points.length - tail, tail);
    }
}
