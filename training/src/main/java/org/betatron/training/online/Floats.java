package org.betatron.training.online;

/// Between single precision, in which models speak and checkpoints keep, and double precision, in
/// which is decided.
final class Floats {

    static final float[] NONE = {};

    private Floats() {}

    static double[] widened(float[] values) {
        double[] widened = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            widened[i] = values[i];
        }
        return widened;
    }

    static double[][] widened(float[][] values) {
        double[][] widened = new double[values.length][];
        for (int i = 0; i < values.length; i++) {
            widened[i] = widened(values[i]);
        }
        return widened;
    }

    /// @param factor of each
    static float[] rounded(double[] values, double factor) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) (factor * values[i]);
        }
        return rounded;
    }

    /// @return a row; none of no rows
    static float[] row(float[][] rows, int index) {
        return rows.length == 0 ? NONE : rows[index];
    }
}
