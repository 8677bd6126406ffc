package org.betatron.core.objective;

/// `loss = -b m`: every margin is pushed alike.
record LinearLink() implements MarginLink {

    @Override
    public double loss(double beta, double margin) {
        return -beta * margin;
    }

    @Override
    public double derivative(double beta, double margin) {
        return -beta;
    }
}
