package org.betatron.evaluation.plot;

import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.betatron.core.Numerals;
import org.betatron.core.files.StagedFiles;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.comparison.LambdaPoint;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Score against divergence of one aligned model at several shares, as a picture.
public final class LambdaPlot {

    private static final int WIDTH = 820;
    private static final int HEIGHT = 520;

    /// How far above its point a label stands, as a share of the range.
    private static final double ABOVE = 0.03;

    private LambdaPlot() {}

    /// Writes a PNG: a point for each lambda with its 95 % interval, joined in the order of lambda.
    ///
    /// @param points  at least one
    /// @param measure what is to be large, in words
    /// @param file    picture to write
    public static void write(List<LambdaPoint> points, String measure, Path file) {
        List<LambdaPoint> sorted =
                points.stream().sorted(Comparator.comparingDouble(LambdaPoint::lambda)).toList();
        double[] divergences =
                sorted.stream().mapToDouble(point -> point.report().kl().value()).toArray();
        double[] measures =
                sorted.stream().mapToDouble(point -> point.measure().value()).toArray();
        double lowest = sorted.stream()
                .mapToDouble(point -> point.measure().low())
                .min()
                .orElseThrow();
        double highest = sorted.stream()
                .mapToDouble(point -> point.measure().high())
                .max()
                .orElseThrow();
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(measure + " against divergence from the reference")
                .xAxisTitle("KL from the reference, nats per answer")
                .yAxisTitle(measure)
                .build();
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisDecimalPattern("0.##");
        chart.getStyler().setXAxisDecimalPattern("0.##");
        chart.getStyler().setPlotGridLinesColor(new Color(230, 230, 230));
        XYSeries line = chart.addSeries("lambda", divergences, measures);
        line.setLineColor(Palette.awt(0)).setLineWidth(1.6f);
        line.setMarker(SeriesMarkers.CIRCLE);
        line.setMarkerColor(Palette.awt(0));
        double above = ABOVE * (highest - lowest);
        for (int i = 0; i < sorted.size(); i++) {
            Estimate measured = sorted.get(i).measure();
            // Percentiles are not symmetric, and error bars of the library are.
            XYSeries interval = chart.addSeries(
                    "interval " + i, new double[] {divergences[i], divergences[i]}, new double[] {
                        measured.low(), measured.high()
                    });
            interval.setLineColor(Palette.awt(0)).setLineWidth(1f).setMarker(SeriesMarkers.NONE);
            String label = "\u03bb " + Numerals.plain(sorted.get(i).lambda());
            chart.addAnnotation(new AnnotationText(label, divergences[i], measures[i] + above, false));
        }
        try {
            StagedFiles.write(file, partial -> {
                try (OutputStream out = Files.newOutputStream(partial)) {
                    BitmapEncoder.saveBitmap(chart, out, BitmapFormat.PNG);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the plot " + file, e);
        }
    }
}
