package org.betatron.evaluation.plot;

import java.util.ArrayList;
import java.util.List;

/// A scale of a chart: round numbers between the ends of the data.
///
/// @param low  smallest value
/// @param high largest value, above `low`
/// @param step distance of ticks, > 0
public record Axis(double low, double high, double step) {

    /// @param low   smallest value, finite
    /// @param high  largest value, finite, ≥ `low`
    /// @param ticks about how many intervals
    public static Axis of(double low, double high, int ticks) {
        double from = low;
        double to = high;
        // A curve that does not move lies in the middle.
        double least = Math.max(Math.max(Math.abs(low), Math.abs(high)) * 1e-6, 1e-12);
        if (to - from < least) {
            double room = Math.max(Math.abs(low) * 0.1, 1e-9);
            from -= room;
            to += room;
        }
        double raw = (to - from) / ticks;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double size = raw / power;
        double step = size < 1.5 ? power : size < 3.5 ? 2 * power : size < 7.5 ? 5 * power : 10 * power;
        return new Axis(from, to, step);
    }

    public List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        for (double i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /// @return place of a value between 0 and 1
    public double place(double value) {
        return (value - low) / (high - low);
    }

    /// @return a tick as text, with as many digits as ticks need to differ
    public String label(double tick) {
        double clean = Math.abs(tick) < step * 1e-6 ? 0 : tick;
        double size = Math.max(Math.abs(low), Math.abs(high));
        if (size >= 1e6 || size < 1e-3) {
            return clean == 0 ? "0" : String.format(java.util.Locale.ROOT, "%.1e", clean);
        }
        int digits = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
        return String.format(java.util.Locale.ROOT, "%,." + digits + "f", clean);
    }
}
