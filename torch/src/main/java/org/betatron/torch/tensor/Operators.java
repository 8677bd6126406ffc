package org.betatron.torch.tensor;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.FunctionSchema;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;

/// Operators of libtorch that have no method of their own, as those whose names begin with an underscore.
/// Arguments are given in the order of the schema, all of them.
public final class Operators {

    private Operators() {}

    /// @param name with its namespace, such as `aten::_flash_attention_forward`
    /// @throws RuntimeException if this build of libtorch has none of that name
    public static OperatorHandle find(String name) {
        return Dispatcher.singleton().findSchemaOrThrow(name, "");
    }

    /// @return names and types of the operator's arguments
    public static FunctionSchema schema(String name) {
        return find(name).schema();
    }

    /// Calls an operator through the dispatcher; a graph is recorded if the operator has a derivative.
    ///
    /// @param stack arguments; replaced by the results
    /// @return the first result, in the current scope
    public static Tensor call(String name, IValueVector stack) {
        find(name).callBoxed(stack);
        return stack.get(0).toTensor();
    }
}
