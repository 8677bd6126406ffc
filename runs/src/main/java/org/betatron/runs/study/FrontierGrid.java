package org.betatron.runs.study;

import java.util.List;

/// Settings that a method is tried with.
///
/// @param betas beta_0, or what divergence costs
/// @param rates learning rates
public record FrontierGrid(List<Double> betas, List<Double> rates) {

    public FrontierGrid {
        betas = List.copyOf(betas);
        rates = List.copyOf(rates);
    }
}
