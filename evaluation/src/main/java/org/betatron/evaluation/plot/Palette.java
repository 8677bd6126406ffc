package org.betatron.evaluation.plot;

import java.awt.Color;
import java.util.List;

/// Colours that remain apart for most kinds of colour blindness (Okabe and Ito 2008), and five more.
final class Palette {

    private static final List<String> COLORS = List.of(
            "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#e69f00", "#56b4e9", "#7f7f7f", "#b8a800",
            "#6a3d9a");

    private Palette() {}

    /// @param index ≥ 0; the colours begin again after the last
    static String color(int index) {
        return COLORS.get(index % COLORS.size());
    }

    /// @param index ≥ 0; the colours begin again after the last
    static Color awt(int index) {
        return Color.decode(color(index));
    }
}
