package org.betatron.evaluation.plot;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/// An SVG drawing between margins, in pixels: values become places, places become markup.
final class Plane {

    private final double left;
    private final double right;
    private final double top;
    private final double base;
    private final StringBuilder svg = new StringBuilder();

    /// @param left  edge of what is drawn
    /// @param right its other edge
    /// @param top   where the highest value lies
    /// @param base  where the lowest lies
    Plane(double left, double right, double top, double base) {
        this.left = left;
        this.right = right;
        this.top = top;
        this.base = base;
    }

    /// @param values at least one
    /// @param ticks  about how many intervals
    static Axis axis(double[] values, int ticks) {
        return Axis.of(
                DoubleStream.of(values).min().orElse(0),
                DoubleStream.of(values).max().orElse(1),
                ticks);
    }

    double x(Axis axis, double value) {
        return left + axis.place(value) * (right - left);
    }

    double y(Axis axis, double value) {
        return top + (1 - axis.place(value)) * (base - top);
    }

    /// Adds markup, filled in.
    // The annotation that checks formats at compile time would be a dependency of its own.
    @SuppressWarnings("AnnotateFormatMethod")
    void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /// @param attributes of the element; may be empty
    void text(double x, double y, String anchor, String text, String attributes) {
        add(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>",
                x, y, anchor, attributes.isEmpty() ? "" : " " + attributes, Markup.escape(text));
    }

    /// Rules across, at the ticks of an axis, with what they stand for.
    ///
    /// @param attributes of the rules
    void rules(Axis axis, String attributes) {
        for (double tick : axis.ticks()) {
            double at = y(axis, tick);
            add("<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" %s/>", left, right, at, at, attributes);
            text(left - 5, at + 4, "end", axis.label(tick), "");
        }
    }

    /// Ticks of an axis below, with what they stand for.
    ///
    /// @param below distance from the base
    void ticks(Axis axis, double below) {
        for (double tick : axis.ticks()) {
            text(x(axis, tick), base + below, "middle", axis.label(tick), "");
        }
    }

    /// @param points pairs of places
    /// @param begin  how the first point is reached: `M` for a new line, `L` from where one is
    /// @return data of a path
    static String path(List<double[]> points, String begin) {
        StringBuilder path = new StringBuilder();
        for (double[] point : points) {
            path.append(String.format(Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? begin : "L", point[0], point[1]));
        }
        return path.toString();
    }

    /// @return all that was drawn
    String markup() {
        return svg.toString();
    }
}
