package org.betatron.core.policy;

/// `e^x`, continued as a straight line beyond `x = 20`, with its slope there.
///
/// A ratio of probabilities of whole answers overflows where a policy has moved far: published code
/// then has infinite losses. Up to a ratio of 5e8 nothing is changed, and beyond it value and
/// derivative stay finite. Ours.
final class CappedExp {

    private static final double CAP = 20;
    private static final double AT_CAP = Math.exp(CAP);

    private CappedExp() {}

    static double value(double x) {
        return x <= CAP ? Math.exp(x) : AT_CAP * (1 + x - CAP);
    }

    static double derivative(double x) {
        return x <= CAP ? Math.exp(x) : AT_CAP;
    }
}
