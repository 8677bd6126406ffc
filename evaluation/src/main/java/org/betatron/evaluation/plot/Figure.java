package org.betatron.evaluation.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.betatron.evaluation.comparison.Estimate;

/// A figure as an SVG file of its own: lines with intervals over named places, or curves of
/// distributions.
public final class Figure {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 420;
    private static final int LEFT = 60;
    private static final int RIGHT = 20;
    private static final int TOP = 40;

    /// Pixels between lines at the same place, so that their intervals can be told apart.
    private static final int APART = 5;

    private static final String DIM = "fill=\"#555555\"";

    /// @param label  of the line
    /// @param values by place
    public record Line(String label, Map<String, Estimate> values) {}

    /// @param label  of the curve
    /// @param values that are distributed
    public record Distribution(String label, List<Double> values) {}

    /// @param label  of the curve
    /// @param values by place on the axis, in order; their intervals are shaded
    public record Band(String label, Map<Double, Estimate> values) {}

    /// @param label of the point
    /// @param place on the axis
    /// @param value with its interval
    public record Point(String label, double place, Estimate value) {}

    private final int base;
    private final Plane plane;

    private Figure(String title, List<String> labels, String xName, String yName, Axis y) {
        base = HEIGHT - 52 - 18 * Math.ceilDiv(labels.size(), 3);
        plane = new Plane(LEFT, WIDTH - RIGHT, TOP + 8, base);
        plane.text(LEFT, 22, "start", title, "font-size=\"15\"");
        for (int i = 0; i < labels.size(); i++) {
            int left = LEFT + (i % 3) * 220;
            int at = base + 52 + 18 * (i / 3);
            plane.add(
                    "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"4\" fill=\"%s\"/>", left, at - 6, Palette.color(i));
            plane.text(left + 20, at, "start", labels.get(i), "");
        }
        plane.rules(y, "stroke=\"#dddddd\"");
        plane.text(LEFT, TOP - 4, "start", yName, DIM);
        plane.text(WIDTH - RIGHT, base + 34, "end", xName, DIM);
    }

    /// @param title  above it
    /// @param xName  what the places are
    /// @param places in order
    /// @param yName  what the values are
    /// @param lines  at least one
    /// @return the file
    public static String lines(String title, String xName, List<String> places, String yName, List<Line> lines) {
        double[] ends = lines.stream()
                .flatMap(line -> line.values().values().stream())
                .flatMapToDouble(value -> DoubleStream.of(value.low(), value.high()))
                .toArray();
        Axis y = Plane.axis(ends, 5);
        Figure figure = new Figure(title, lines.stream().map(Line::label).toList(), xName, yName, y);
        for (int i = 0; i < places.size(); i++) {
            figure.plane.text(middle(i, places), figure.base + 18, "middle", places.get(i), "");
        }
        for (int k = 0; k < lines.size(); k++) {
            figure.line(lines.get(k), places, Palette.color(k), (k - (lines.size() - 1) / 2.0) * APART, y);
        }
        return figure.file();
    }

    /// @param title above it
    /// @param xName what places are
    /// @param yName what values are
    /// @param bands at least one, each with values
    /// @return the file
    public static String bands(String title, String xName, String yName, List<Band> bands) {
        double[] ends = bands.stream()
                .flatMap(band -> band.values().values().stream())
                .flatMapToDouble(value -> DoubleStream.of(value.low(), value.high()))
                .toArray();
        double[] places = bands.stream()
                .flatMap(band -> band.values().keySet().stream())
                .mapToDouble(Double::doubleValue)
                .toArray();
        Axis x = Plane.axis(places, 6);
        Axis y = Plane.axis(ends, 5);
        Figure figure = new Figure(title, bands.stream().map(Band::label).toList(), xName, yName, y);
        figure.plane.ticks(x, 18);
        for (int k = 0; k < bands.size(); k++) {
            figure.band(bands.get(k), Palette.color(k), x, y);
        }
        return figure.file();
    }

    /// @param title  above it; may be empty
    /// @param xName  what places are
    /// @param yName  what values are
    /// @param points at least one
    /// @return the file
    public static String points(String title, String xName, String yName, List<Point> points) {
        Axis x = Plane.axis(
                DoubleStream.concat(DoubleStream.of(0), points.stream().mapToDouble(Point::place))
                        .toArray(),
                6);
        Axis y = Plane.axis(
                points.stream()
                        .map(Point::value)
                        .flatMapToDouble(value -> DoubleStream.of(value.low(), value.high()))
                        .toArray(),
                5);
        Figure figure = new Figure(title, points.stream().map(Point::label).toList(), xName, yName, y);
        figure.plane.ticks(x, 18);
        for (int k = 0; k < points.size(); k++) {
            Point point = points.get(k);
            figure.point(figure.plane.x(x, point.place()), point.value(), Palette.color(k), y);
        }
        return figure.file();
    }

    /// @param x of its place, pixels
    private void point(double x, Estimate value, String color, Axis y) {
        plane.add(
                "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$.1f\" y2=\"%3$.1f\" stroke=\"%4$s\"/>"
                        + "<circle cx=\"%1$.1f\" cy=\"%5$.1f\" r=\"3.5\" fill=\"%4$s\"/>",
                x, plane.y(y, value.low()), plane.y(y, value.high()), color, plane.y(y, value.value()));
    }

    private void band(Band band, String color, Axis x, Axis y) {
        List<double[]> middle = new ArrayList<>();
        List<double[]> low = new ArrayList<>();
        List<double[]> high = new ArrayList<>();
        band.values().forEach((place, value) -> {
            middle.add(new double[] {plane.x(x, place), plane.y(y, value.value())});
            low.add(new double[] {plane.x(x, place), plane.y(y, value.low())});
            high.add(new double[] {plane.x(x, place), plane.y(y, value.high())});
        });
        plane.add(
                "<path d=\"%s%sZ\" fill=\"%s\" fill-opacity=\"0.08\"/>",
                Plane.path(low, "M"), Plane.path(high.reversed(), "L"), color);
        plane.add("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>", Plane.path(middle, "M"), color);
    }

    private static double middle(int place, List<String> places) {
        return LEFT + (place + 0.5) * (WIDTH - LEFT - RIGHT) / places.size();
    }

    private void line(Line line, List<String> places, String color, double shift, Axis y) {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            Estimate value = line.values().get(places.get(i));
            if (value == null) {
                continue;
            }
            double x = middle(i, places) + shift;
            points.add(new double[] {x, plane.y(y, value.value())});
            point(x, value, color, y);
        }
        plane.add(
                "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-opacity=\"0.6\"/>", Plane.path(points, "M"), color);
    }

    /// @param title         above it
    /// @param xName         what the values are
    /// @param distributions at least one, each with values; shown as cumulative shares
    /// @return the file
    public static String distributions(String title, String xName, List<Distribution> distributions) {
        double[] all = distributions.stream()
                .flatMap(each -> each.values().stream())
                .mapToDouble(Double::doubleValue)
                .toArray();
        Axis x = Plane.axis(all, 6);
        Axis y = Axis.of(0, 1, 5);
        Figure figure = new Figure(
                title, distributions.stream().map(Distribution::label).toList(), xName, "share of pairs below", y);
        figure.plane.ticks(x, 18);
        for (int k = 0; k < distributions.size(); k++) {
            List<Double> sorted =
                    distributions.get(k).values().stream().sorted().toList();
            List<double[]> points = new ArrayList<>();
            for (int i = 0; i < sorted.size(); i++) {
                points.add(
                        new double[] {figure.plane.x(x, sorted.get(i)), figure.plane.y(y, (i + 0.5) / sorted.size())});
            }
            figure.plane.add(
                    "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>",
                    Plane.path(points, "M"), Palette.color(k));
        }
        return figure.file();
    }

    private String file() {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\" height=\"%2$d\""
                        .formatted(WIDTH, HEIGHT)
                + " font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
                + plane.markup() + "</svg>\n";
    }
}
