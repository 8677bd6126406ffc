package org.betatron.evaluation.frontier;

/// Forms that were proposed for the gain in reward over the distance `d`, the root of the KL divergence.
///
/// ```text
/// REINFORCEMENT   gain = d (a - b log d)      Gao et al. 2022, arXiv 2210.10760; for direct alignment Rafailov et al.
///                                             2024, arXiv 2406.02900
/// BEST_OF_N       gain = d (a - b d)          Gao et al. 2022
/// ```
public enum RewardForm {
    REINFORCEMENT {
        @Override
        double second(double distance) {
            return distance == 0 ? 0 : distance * Math.log(distance);
        }
    },

    BEST_OF_N {
        @Override
        double second(double distance) {
            return distance * distance;
        }
    };

    /// @return what `b` takes away, over `b`
    abstract double second(double distance);

    /// @param a        slope near the start
    /// @param b        how fast it fades
    /// @param residual root of the mean squared difference
    public record Fit(double a, double b, double residual) {}

    /// Least squares.
    ///
    /// @param distances at least two, ≥ 0
    /// @param gains     rewards above the start, as many
    public Fit fit(double[] distances, double[] gains) {
        double xx = 0;
        double xz = 0;
        double zz = 0;
        double xy = 0;
        double zy = 0;
        for (int i = 0; i < distances.length; i++) {
            double x = distances[i];
            double z = -second(x);
            xx += x * x;
            xz += x * z;
            zz += z * z;
            xy += x * gains[i];
            zy += z * gains[i];
        }
        double determinant = xx * zz - xz * xz;
        double a = (xy * zz - zy * xz) / determinant;
        double b = (xx * zy - xz * xy) / determinant;
        double squares = 0;
        for (int i = 0; i < distances.length; i++) {
            double said = a * distances[i] - b * second(distances[i]);
            squares += (said - gains[i]) * (said - gains[i]);
        }
        return new Fit(a, b, Math.sqrt(squares / distances.length));
    }
}
