package org.betatron.evaluation.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.report.Axis;
import org.betatron.evaluation.report.Html;

/// A figure as an SVG file of its own: lines with intervals over named places, or curves of distributions.
final class Figure {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 420;
    private static final int LEFT = 60;
    private static final int RIGHT = 20;
    private static final int TOP = 40;

    /// Pixels between lines at the same place, so that their intervals can be told apart.
    private static final int APART = 5;

    /// Colours that remain apart for most kinds of colour blindness (Okabe and Ito 2008).
    private static final List<String> COLORS = List.of(
            "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#e69f00", "#56b4e9", "#7f7f7f", "#b8a800",
            "#6a3d9a");

    /// @param label  of the line
    /// @param values by place
    record Line(String label, Map<String, Estimate> values) {}

    /// @param label  of the curve
    /// @param values that are distributed
    record Distribution(String label, List<Double> values) {}

    private final StringBuilder svg = new StringBuilder();
    private final int bottom;

    private Figure(String title, List<String> labels) {
        int rows = Math.ceilDiv(labels.size(), 3);
        bottom = 52 + 18 * rows;
        svg.append(("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n")
                .formatted(WIDTH, HEIGHT, WIDTH, HEIGHT));
        text(LEFT, 22, "start", title, "font-size=\"15\"");
        for (int i = 0; i < labels.size(); i++) {
            int x = LEFT + (i % 3) * 220;
            int y = HEIGHT - bottom + 52 + 18 * (i / 3);
            svg.append(
                    "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"4\" fill=\"%s\"/>%n".formatted(x, y - 6, color(i)));
            text(x + 20, y, "start", labels.get(i), "");
        }
    }

    /// @param title  above it
    /// @param xName  what the places are
    /// @param places in order
    /// @param yName  what the values are
    /// @param lines  at least one
    static String lines(String title, String xName, List<String> places, String yName, List<Line> lines) {
        Figure figure = new Figure(title, lines.stream().map(Line::label).toList());
        double[] ends = lines.stream()
                .flatMap(line -> line.values().values().stream())
                .flatMapToDouble(value -> DoubleStream.of(value.low(), value.high()))
                .toArray();
        Axis y = Axis.of(
                DoubleStream.of(ends).min().orElse(0),
                DoubleStream.of(ends).max().orElse(1),
                5);
        figure.frame(xName, y, yName);
        double width = (double) (WIDTH - LEFT - RIGHT) / places.size();
        for (int i = 0; i < places.size(); i++) {
            figure.text(LEFT + (i + 0.5) * width, figure.base() + 18, "middle", places.get(i), "");
        }
        for (int k = 0; k < lines.size(); k++) {
            figure.line(lines.get(k), places, k, (k - (lines.size() - 1) / 2.0) * APART, y);
        }
        return figure.finish();
    }

    private void line(Line line, List<String> places, int color, double shift, Axis y) {
        double width = (double) (WIDTH - LEFT - RIGHT) / places.size();
        List<String> points = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            Estimate value = line.values().get(places.get(i));
            if (value == null) {
                continue;
            }
            double x = LEFT + (i + 0.5) * width + shift;
            points.add(number(x) + "," + number(py(y, value.value())));
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$.1f\" y2=\"%3$.1f\" stroke=\"%4$s\"/>"
                            + "<circle cx=\"%1$.1f\" cy=\"%5$.1f\" r=\"3.5\" fill=\"%4$s\"/>%n",
                    x,
                    py(y, value.low()),
                    py(y, value.high()),
                    color(color),
                    py(y, value.value())));
        }
        svg.append("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-opacity=\"0.6\"/>%n"
                .formatted(String.join(" ", points), color(color)));
    }

    /// @param title         above it
    /// @param xName         what the values are
    /// @param distributions at least one, each with values; shown as cumulative shares
    static String distributions(String title, String xName, List<Distribution> distributions) {
        Figure figure = new Figure(
                title, distributions.stream().map(Distribution::label).toList());
        double[] all = distributions.stream()
                .flatMap(each -> each.values().stream())
                .mapToDouble(Double::doubleValue)
                .toArray();
        Axis x = Axis.of(
                DoubleStream.of(all).min().orElse(0), DoubleStream.of(all).max().orElse(1), 6);
        Axis y = Axis.of(0, 1, 5);
        figure.frame(xName, y, "share of pairs below");
        for (double tick : x.ticks()) {
            figure.text(px(x, tick), figure.base() + 18, "middle", x.label(tick), "");
        }
        for (int k = 0; k < distributions.size(); k++) {
            List<Double> sorted =
                    distributions.get(k).values().stream().sorted().toList();
            StringBuilder points = new StringBuilder();
            for (int i = 0; i < sorted.size(); i++) {
                points.append(number(px(x, sorted.get(i))))
                        .append(',')
                        .append(number(figure.py(y, (i + 0.5) / sorted.size())))
                        .append(' ');
            }
            figure.svg.append("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>%n"
                    .formatted(points.toString().strip(), color(k)));
        }
        return figure.finish();
    }

    private void frame(String xName, Axis y, String yName) {
        for (double tick : y.ticks()) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n",
                    LEFT,
                    WIDTH - RIGHT,
                    py(y, tick),
                    py(y, tick)));
            text(LEFT - 6, py(y, tick) + 4, "end", y.label(tick), "");
        }
        text(LEFT, TOP - 4, "start", yName, "fill=\"#555555\"");
        text(WIDTH - RIGHT, base() + 34, "end", xName, "fill=\"#555555\"");
    }

    private void text(double x, double y, String anchor, String text, String attributes) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>%n",
                x,
                y,
                anchor,
                attributes,
                Html.escape(text)));
    }

    private int base() {
        return HEIGHT - bottom;
    }

    private double py(Axis y, double value) {
        return TOP + 8 + (1 - y.place(value)) * (base() - TOP - 8);
    }

    private static double px(Axis x, double value) {
        return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private static String color(int index) {
        return COLORS.get(index % COLORS.size());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private String finish() {
        return svg.append("</svg>\n").toString();
    }
}
