package org.betatron.runs.recipe;

import org.betatron.torch.device.ComputeDevice;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

/// A device as one word, `cuda:1`, and not as a group of keys.
final class DeviceModule extends SimpleModule {

    private static final long serialVersionUID = 1;

    DeviceModule() {
        addSerializer(ComputeDevice.class, ToStringSerializer.instance);
        addDeserializer(ComputeDevice.class, new DeviceReader());
    }

    private static final class DeviceReader extends StdDeserializer<ComputeDevice> {

        DeviceReader() {
            super(ComputeDevice.class);
        }

        @Override
        public ComputeDevice deserialize(JsonParser parser, DeserializationContext context) {
            String text = parser.getString();
            try {
                return ComputeDevice.parse(text);
            } catch (IllegalArgumentException e) {
                return (ComputeDevice) context.handleInstantiationProblem(ComputeDevice.class, text, e);
            }
        }
    }
}
