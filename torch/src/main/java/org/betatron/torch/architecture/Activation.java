package org.betatron.torch.architecture;

import java.util.Arrays;
import java.util.List;
import org.betatron.torch.files.ConfigReader;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// What a feed-forward layer does with each number.
enum Activation {
    /// `x sigmoid(x)`.
    SILU("silu", "swish") {
        @Override
        Tensor of(Tensor input) {
            return torch.silu(input);
        }
    },

    /// `x Phi(x)` (Hendrycks and Gimpel 2016, arXiv 1606.08415).
    GELU("gelu") {
        @Override
        Tensor of(Tensor input) {
            return torch.gelu(input, "none");
        }
    },

    /// The same with a tanh in place of the error function.
    GELU_TANH("gelu_new", "gelu_fast", "gelu_pytorch_tanh") {
        @Override
        Tensor of(Tensor input) {
            return torch.gelu(input, "tanh");
        }
    };

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> names;

    Activation(String... names) {
        this.names = List.of(names);
    }

    /// @return of each number, in the current scope
    abstract Tensor of(Tensor input);

    /// @param key     of the configuration
    /// @param usual   what the family has where nothing is said
    /// @param allowed what it may have
    static Activation parse(ConfigReader config, String key, String usual, Activation... allowed) {
        String name = config.text(key, usual);
        for (Activation activation : allowed) {
            if (activation.names.contains(name)) {
                return activation;
            }
        }
        List<String> all =
                Arrays.stream(allowed).flatMap(each -> each.names.stream()).toList();
        int last = all.size() - 1;
        throw config.unsupported(
                key, last == 0 ? all.getFirst() : String.join(", ", all.subList(0, last)) + " or " + all.get(last));
    }
}
