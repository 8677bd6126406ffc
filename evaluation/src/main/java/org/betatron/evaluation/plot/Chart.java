package org.betatron.evaluation.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.betatron.evaluation.RunMetrics.Series;

/// Curves over steps, or two histograms, as a figure of inline SVG that fits any width and the colours of the
/// page.
public final class Chart {

    private static final int WIDTH = 360;
    private static final int HEIGHT = 200;
    private static final int BOTTOM = 22;

    /// Points of a curve that can still be told apart.
    private static final int MAX_POINTS = 400;

    private static final int BINS = 30;

    /// @param label  in the legend
    /// @param series at least one value
    /// @param color  number of a colour of the page
    /// @param dotted whether single values are marked, for the few of an evaluation
    public record Curve(String label, Series series, int color, boolean dotted) {}

    /// @param label  in the legend
    /// @param values finite
    public record Sample(String label, List<Double> values) {}

    private final Plane plane = new Plane(52, WIDTH - 12, 8, HEIGHT - BOTTOM);
    private final Axis x;
    private final Axis y;

    private Chart(Axis x, Axis y) {
        this.x = x;
        this.y = y;
        plane.rules(y, "class=\"rule\"");
        plane.ticks(x, BOTTOM - 6);
    }

    /// @param title  as text
    /// @param curves at least one
    /// @param low    lower edge of an area that is shaded, empty for none
    /// @param high   its upper edge, at the same steps
    /// @return markup of a figure
    public static String lines(String title, List<Curve> curves, Series low, Series high) {
        DoubleStream.Builder xs = DoubleStream.builder();
        DoubleStream.Builder ys = DoubleStream.builder();
        for (Curve curve : curves) {
            curve.series().steps().forEach(xs::add);
            curve.series().values().forEach(ys::add);
        }
        low.values().forEach(ys::add);
        high.values().forEach(ys::add);
        Chart chart = new Chart(
                Plane.axis(xs.build().toArray(), 4), Plane.axis(ys.build().toArray(), 4));
        if (!low.isEmpty()) {
            chart.plane.add(
                    "<path class=\"band\" d=\"%s%sZ\"/>",
                    Plane.path(chart.points(low), "M"),
                    Plane.path(chart.points(high).reversed(), "L"));
        }
        curves.forEach(chart::line);
        return chart.figure(
                title,
                curves.stream().map(Curve::label).toList(),
                curves.stream().map(Curve::color).toList());
    }

    private void line(Curve curve) {
        plane.add("<path class=\"s%d\" d=\"%s\"/>", curve.color(), Plane.path(points(curve.series()), "M"));
        if (curve.dotted() || curve.series().size() == 1) {
            for (int i = 0; i < curve.series().size(); i++) {
                double[] point = point(curve.series(), i);
                plane.add("<circle class=\"f%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>", curve.color(), point[0], point[1]);
            }
        }
    }

    private double[] point(Series series, int index) {
        return new double[] {
            plane.x(x, series.steps().get(index)), plane.y(y, series.values().get(index))
        };
    }

    private List<double[]> points(Series series) {
        int stride = Math.max(1, series.size() / MAX_POINTS);
        return IntStream.range(0, series.size())
                .filter(i -> i % stride == 0 || i == series.size() - 1)
                .mapToObj(i -> point(series, i))
                .toList();
    }

    /// @param title   as text
    /// @param samples at least one, each with at least one value; on one scale
    /// @return markup of a figure
    public static String histogram(String title, List<Sample> samples) {
        double[] all = samples.stream()
                .flatMap(sample -> sample.values().stream())
                .mapToDouble(Double::doubleValue)
                .toArray();
        Axis x = Plane.axis(all, 4);
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
        Chart chart = new Chart(x, Axis.of(0, highest, 4));
        for (int i = 0; i < shares.size(); i++) {
            chart.bars(shares.get(i), i);
        }
        return chart.figure(
                title,
                samples.stream().map(Sample::label).toList(),
                IntStream.range(0, samples.size()).boxed().toList());
    }

    private void bars(double[] shares, int color) {
        double left = plane.x(x, x.low());
        double width = (plane.x(x, x.high()) - left) / BINS;
        for (int bin = 0; bin < BINS; bin++) {
            if (shares[bin] > 0) {
                double top = plane.y(y, shares[bin]);
                plane.add(
                        "<rect class=\"f%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
                        color, left + bin * width, top, width, plane.y(y, 0) - top);
            }
        }
    }

    private String figure(String title, List<String> labels, List<Integer> colors) {
        StringBuilder legend = new StringBuilder();
        for (int i = 0; i < labels.size(); i++) {
            legend.append(
                    "<span><i class=\"b%d\"></i>%s</span>".formatted(colors.get(i), Markup.escape(labels.get(i))));
        }
        String shown = Markup.escape(title);
        return "<figure><figcaption>" + shown + "</figcaption><svg viewBox=\"0 0 " + WIDTH + " " + HEIGHT
                + "\" role=\"img\" aria-label=\"" + shown + "\">" + plane.markup() + "</svg><div class=\"legend\">"
                + legend + "</div></figure>";
    }
}
