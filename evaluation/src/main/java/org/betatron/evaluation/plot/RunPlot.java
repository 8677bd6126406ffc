package org.betatron.evaluation.plot;

import static org.betatron.core.run.MetricNames.EVAL;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.core.files.StagedFiles;
import org.betatron.evaluation.RunMetrics;
import org.betatron.evaluation.RunMetrics.Series;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Curves of one or several runs as a picture: a panel per metric, a line per run.
public final class RunPlot {

    private static final int COLUMNS = 2;
    private static final int WIDTH = 620;
    private static final int HEIGHT = 320;
    /// Logged lines that a curve of training is a moving mean of.
    public static final int SMOOTHING_STEPS = 15;

    private static final int MAX_RUNS = 5;

    private RunPlot() {}

    /// Writes a PNG. Metrics of training are shown as moving averages, because single batches are
    /// noisy.
    ///
    /// @param runs  runs to compare, at most five
    /// @param paths metrics, one panel each; those that no run has are left out
    /// @param file  picture to write; one that was drawn earlier is replaced
    /// @throws IllegalArgumentException if no run has any of the metrics, there are too many runs,
    ///     or the file is somebody else's
    public static void write(List<RunMetrics> runs, List<String> paths, Path file) {
        if (runs.size() > MAX_RUNS) {
            throw new IllegalArgumentException(
                    "at most " + MAX_RUNS + " runs fit one plot but there were " + runs.size());
        }
        List<XYChart> charts = new ArrayList<>();
        for (String path : paths) {
            XYChart chart = chart(runs, path);
            if (!chart.getSeriesCollection().isEmpty()) {
                charts.add(chart);
            }
        }
        if (charts.isEmpty()) {
            throw new IllegalArgumentException("no run has any of the metrics " + String.join(", ", paths));
        }
        int columns = Math.min(COLUMNS, charts.size());
        while (charts.size() % columns != 0) {
            charts.add(blank());
        }
        try {
            DrawnPicture.requireReplaceable(file);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            BitmapEncoder.saveBitmap(charts, charts.size() / columns, columns, out, BitmapFormat.PNG);
            StagedFiles.write(file, partial -> Files.write(partial, DrawnPicture.signed(out.toByteArray())));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the plot " + file, e);
        }
    }

    /// Fills the grid, which has to be full.
    private static XYChart blank() {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE).setPlotBorderVisible(false);
        chart.getStyler().setAxisTicksVisible(false).setPlotGridLinesVisible(false);
        return chart;
    }

    private static XYChart chart(List<RunMetrics> runs, String path) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(path)
                .xAxisTitle("optimizer step")
                .build();
        chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
        chart.getStyler().setLegendLayout(LegendLayout.Horizontal);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setXAxisTickMarkSpacingHint(90);
        chart.getStyler().setYAxisDecimalPattern("0.####");
        chart.getStyler().setPlotGridLinesColor(new Color(230, 230, 230));
        for (int i = 0; i < runs.size(); i++) {
            Series series = runs.get(i).series(path);
            if (!series.isEmpty()) {
                boolean isEvaluation = path.startsWith(EVAL);
                List<Double> values = isEvaluation
                        ? series.values()
                        : series.smoothed(SMOOTHING_STEPS).values();
                XYSeries line = chart.addSeries(label(runs, i), series.steps(), values);
                line.setLineColor(Palette.awt(i)).setLineWidth(1.6f);
                line.setMarker(isEvaluation ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
                line.setMarkerColor(Palette.awt(i));
            }
        }
        return chart;
    }

    /// @return name of a run, with its place where an earlier one has the same
    private static String label(List<RunMetrics> runs, int index) {
        String name = runs.get(index).name();
        boolean isTaken =
                runs.subList(0, index).stream().anyMatch(run -> run.name().equals(name));
        return isTaken ? name + " (" + (index + 1) + ")" : name;
    }
}
