package org.betatron.core.policy;

/// How losses of tokens make the loss of a batch of `B` answers with `N` tokens together.
public enum LossAggregation {

    /// `1/B sum_i 1/|y_i| sum_t`: every answer weighs the same, so tokens of long answers weigh
    /// less. GRPO (arXiv 2402.03300).
    ANSWERS {
        @Override
        public double weight(int length) {
            return 1;
        }

        @Override
        public double share(int length, int maxTokens) {
            return 1.0 / length;
        }
    },

    /// `1/B sum_i sum_t`: what is said of an answer is the sum over its tokens. REINFORCE.
    SUMS {
        @Override
        public double weight(int length) {
            return 1;
        }

        @Override
        public double share(int length, int maxTokens) {
            return 1;
        }
    },

    /// `1/N sum_i sum_t`: every token weighs the same. DAPO (arXiv 2503.14476), PPO.
    TOKENS {
        @Override
        public double weight(int length) {
            return length;
        }

        @Override
        public double share(int length, int maxTokens) {
            return 1;
        }
    },

    /// `1/(B L) sum_i sum_t` with `L` the most tokens that an answer may have: neither the answer's
    /// length nor the batch's weighs. Dr. GRPO (arXiv 2503.20783).
    CONSTANT {
        @Override
        public double weight(int length) {
            return 1;
        }

        @Override
        public double share(int length, int maxTokens) {
            return 1.0 / maxTokens;
        }
    };

    /// @param length tokens of an answer that count
    /// @return what it adds to the sum that the loss is divided by
    public abstract double weight(int length);

    /// @param length    tokens of an answer, ≥ 1
    /// @param maxTokens most tokens that an answer may have
    /// @return factor of each of its tokens before that division
    public abstract double share(int length, int maxTokens);
}
