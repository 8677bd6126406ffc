package org.betatron.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.betatron.evaluation.RunMetrics.Series;

/// Curves over steps, or two histograms, as a figure of inline SVG that fits any width and the colours of the
/// page.
final class Chart {

    private static final int WIDTH = 360;
    private static final int HEIGHT = 200;
    private static final int LEFT = 52;
    private static final int BOTTOM = 22;
    private static final int TOP = 8;
    private static final int RIGHT = 12;

    /// Points of a curve that can still be told apart.
    private static final int MAX_POINTS = 400;

    private static final int BINS = 30;

    /// @param label  in the legend
    /// @param series at least one value
    /// @param color  number of a colour of the page
    /// @param dotted whether single values are marked, for the few of an evaluation
    record Curve(String label, Series series, int color, boolean dotted) {}

    /// @param label  in the legend
    /// @param values finite
    record Sample(String label, List<Double> values) {}

    private Chart() {}

    /// @param title  as text
    /// @param curves at least one
    /// @param low    lower edge of an area that is shaded, empty for none
    /// @param high   its upper edge, at the same steps
    static String lines(String title, List<Curve> curves, Series low, Series high) {
        DoubleStream.Builder xs = DoubleStream.builder();
        DoubleStream.Builder ys = DoubleStream.builder();
        for (Curve curve : curves) {
            curve.series().steps().forEach(xs::add);
            curve.series().values().forEach(ys::add);
        }
        low.values().forEach(ys::add);
        high.values().forEach(ys::add);
        Axis x = axis(xs.build().toArray(), 4);
        Axis y = axis(ys.build().toArray(), 4);
        StringBuilder svg = frame(title, x, y);
        if (!low.isEmpty()) {
            StringBuilder edge = points(low, x, y, "M");
            List<Double> steps = new ArrayList<>(high.steps()).reversed();
            List<Double> values = new ArrayList<>(high.values()).reversed();
            edge.append(points(new Series(steps, values), x, y, "L"));
            svg.append("<path class=\"band\" d=\"").append(edge).append("Z\"/>");
        }
        for (Curve curve : curves) {
            svg.append("<path class=\"s%d\" d=\"%s\"/>".formatted(curve.color(), points(curve.series(), x, y, "M")));
            if (curve.dotted() || curve.series().size() == 1) {
                for (int i = 0; i < curve.series().size(); i++) {
                    svg.append(String.format(
                            Locale.ROOT,
                            "<circle class=\"f%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>",
                            curve.color(),
                            px(x, curve.series().steps().get(i)),
                            py(y, curve.series().values().get(i))));
                }
            }
        }
        return figure(
                title,
                svg,
                curves.stream().map(Curve::label).toList(),
                curves.stream().map(Curve::color).toList());
    }

    /// @param samples at least one, each with at least one value; on one scale
    static String histogram(String title, List<Sample> samples) {
        double[] all = samples.stream()
                .flatMap(sample -> sample.values().stream())
                .mapToDouble(Double::doubleValue)
                .toArray();
        Axis x = axis(all, 4);
        List<double[]> shares = new ArrayList<>();
        double highest = 0;
        for (Sample sample : samples) {
            double[] bins = new double[BINS];
            for (double value : sample.values()) {
                bins[Math.min(BINS - 1, (int) (x.place(value) * BINS))] +=
                        1.0 / sample.values().size();
            }
            shares.add(bins);
            highest = Math.max(highest, DoubleStream.of(bins).max().orElse(0));
        }
        Axis y = Axis.of(0, highest, 4);
        StringBuilder svg = frame(title, x, y);
        double width = (double) (WIDTH - LEFT - RIGHT) / BINS;
        for (int i = 0; i < shares.size(); i++) {
            for (int bin = 0; bin < BINS; bin++) {
                double share = shares.get(i)[bin];
                if (share > 0) {
                    svg.append(String.format(
                            Locale.ROOT,
                            "<rect class=\"f%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
                            i,
                            LEFT + bin * width,
                            py(y, share),
                            width,
                            py(y, 0) - py(y, share)));
                }
            }
        }
        List<Integer> colors = new ArrayList<>();
        samples.forEach(_ -> colors.add(colors.size()));
        return figure(title, svg, samples.stream().map(Sample::label).toList(), colors);
    }

    private static Axis axis(double[] values, int ticks) {
        return Axis.of(
                DoubleStream.of(values).min().orElse(0),
                DoubleStream.of(values).max().orElse(1),
                ticks);
    }

    private static StringBuilder frame(String title, Axis x, Axis y) {
        StringBuilder svg = new StringBuilder("<svg viewBox=\"0 0 " + WIDTH + " " + HEIGHT
                + "\" role=\"img\" aria-label=\"" + Html.escape(title) + "\">");
        for (double tick : y.ticks()) {
            double at = py(y, tick);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"rule\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                            + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    LEFT,
                    WIDTH - RIGHT,
                    at,
                    at,
                    LEFT - 5,
                    at + 4,
                    y.label(tick)));
        }
        for (double tick : x.ticks()) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    px(x, tick),
                    HEIGHT - 6,
                    x.label(tick)));
        }
        return svg;
    }

    /// @param begin how the first point is reached
    private static StringBuilder points(Series series, Axis x, Axis y, String begin) {
        StringBuilder path = new StringBuilder();
        int stride = Math.max(1, series.size() / MAX_POINTS);
        for (int i = 0; i < series.size(); i++) {
            if (i % stride == 0 || i == series.size() - 1) {
                path.append(String.format(
                        Locale.ROOT,
                        "%s%.1f %.1f",
                        path.isEmpty() ? begin : "L",
                        px(x, series.steps().get(i)),
                        py(y, series.values().get(i))));
            }
        }
        return path;
    }

    private static double px(Axis x, double value) {
        return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private static double py(Axis y, double value) {
        return TOP + (1 - y.place(value)) * (HEIGHT - TOP - BOTTOM);
    }

    private static String figure(String title, CharSequence svg, List<String> labels, List<Integer> colors) {
        StringBuilder legend = new StringBuilder();
        for (int i = 0; i < labels.size(); i++) {
            legend.append("<i class=\"b%d\"></i>%s".formatted(colors.get(i), Html.escape(labels.get(i))));
        }
        return "<figure><figcaption>" + Html.escape(title) + "</figcaption>" + svg + "</svg><div class=\"legend\">"
                + legend + "</div></figure>";
    }
}
