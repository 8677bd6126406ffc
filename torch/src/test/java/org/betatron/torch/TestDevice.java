package org.betatron.torch;

import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.ComputeDevice;
import org.betatron.torch.tensor.DataType;

/// The device that models of tests compute on: the system property `betatron.test.device`, the processor
/// if it is not set.
public final class TestDevice {

    public static final ComputeDevice DEVICE =
            ComputeDevice.parse(System.getProperty("betatron.test.device", ComputeDevice.DEFAULT.toString()));

    /// The plain computation on that device.
    public static final ComputeSpec PLAIN = ComputeSpec.PLAIN.on(DEVICE);

    private TestDevice() {}

    /// @return the defaults with products in a number format, on that device
    public static ComputeSpec in(DataType precision) {
        return ComputeSpec.DEFAULT.withPrecision(precision).on(DEVICE);
    }
}
