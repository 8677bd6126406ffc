package org.betatron.training;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentDecision;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.data.packing.BatchLogProbs;
import org.betatron.data.row.LabelledRow;
import org.betatron.training.reference.Reference;

/// One batch of preference rows between a model and an alignment: numbers of tokens become quantities of
/// responses, and derivatives by these become derivatives of tokens.
final class PreferenceBatch {

    private static final Map<ResponseQuantity, TokenQuantity> SUMS_OF_TOKENS = Map.of(
            ResponseQuantity.REFERENCE_KL, TokenQuantity.REFERENCE_KL,
            ResponseQuantity.LOG_COLLISION, TokenQuantity.LOG_COLLISION,
            ResponseQuantity.EXTRAPOLATED, TokenQuantity.EXTRAPOLATED,
            ResponseQuantity.INTERPOLATED, TokenQuantity.INTERPOLATED);

    private final RequiredInputs inputs;
    private final List<? extends LabelledRow<?>> rows;
    private final Reference reference;
    private final BatchLogProbs policy;

    /// @param inputs    what the alignment reads
    /// @param rows      the data set
    /// @param reference what the policy is compared with
    /// @param policy    numbers of the batch
    PreferenceBatch(
            RequiredInputs inputs, List<? extends LabelledRow<?>> rows, Reference reference, BatchLogProbs policy) {
        this.inputs = inputs;
        this.rows = rows;
        this.reference = reference;
        this.policy = policy;
    }

    /// @return what a model has to compute of each token so that a batch has the inputs
    static VocabularyRequest request(RequiredInputs inputs, Reference reference) {
        Set<TokenQuantity> wanted = EnumSet.noneOf(TokenQuantity.class);
        SUMS_OF_TOKENS.forEach((quantity, ofTokens) -> {
            if (inputs.needs(quantity)) {
                wanted.add(ofTokens);
            }
        });
        if (!(reference instanceof Reference.Live(var model))) {
            return new VocabularyRequest(wanted, inputs.extrapolation(), null);
        }
        if (inputs.needsReference()) {
            wanted.add(TokenQuantity.REFERENCE_LOG_PROB);
        }
        return new VocabularyRequest(wanted, inputs.extrapolation(), model);
    }

    /// @throws IllegalArgumentException if the inputs ask for a reference, or one that runs beside the policy, and
    ///     there is none
    static void requireReference(RequiredInputs inputs, Reference reference) {
        if (inputs.needsReference() && reference instanceof Reference.None) {
            throw new IllegalArgumentException("reference must be given: the objective compares with it");
        }
        if (inputs.needsReferenceLogits() && !(reference instanceof Reference.Live)) {
            throw new IllegalArgumentException(
                    "reference must run beside the policy: the objective compares whole distributions");
        }
    }

    /// @param withScores whether gaps of scores are wanted too
    /// @return the quantities of the rows, in the order of the batch
    /// @throws IllegalArgumentException if a row has no scores and they are wanted, naming it
    PairLogProbs quantities(boolean withScores) {
        PairLogProbs pairs = new PairLogProbs(
                side(index -> roles(index).chosen()), side(index -> roles(index).rejected()));
        if (inputs.mismatched()) {
            pairs = pairs.withMismatched(side(index -> roles(index).mismatched()));
        }
        return withScores ? pairs.withScoreGaps(perRow(this::scoreGap)) : pairs;
    }

    /// @param share factor of all derivatives
    /// @return derivative of the decided loss by the log-probability of each response token of a row: that of its
    ///     response, and beyond the shorter response of a pair that of the tail as well
    float[] tokenDerivatives(AlignmentDecision decision, int index, double share) {
        float[] derivatives = new float[policy.numResponseTokens(index)];
        ResponseRoles roles = roles(index);
        int shorter = shorterLength(index);
        spread(derivatives, index, roles.chosen(), 0, share * decision.chosenDerivative(index));
        spread(derivatives, index, roles.rejected(), 0, share * decision.rejectedDerivative(index));
        ResponseQuantity tail = ResponseQuantity.POLICY_TAIL;
        spread(derivatives, index, roles.chosen(), shorter, share * decision.chosenDerivative(tail, index));
        spread(derivatives, index, roles.rejected(), shorter, share * decision.rejectedDerivative(tail, index));
        return derivatives;
    }

    /// @return the same by the divergence from the reference at each token; empty where the objective does not
    ///     depend on it
    float[] tokenDivergences(AlignmentDecision decision, int index, double share) {
        if (!inputs.needs(ResponseQuantity.REFERENCE_KL)) {
            return new float[0];
        }
        float[] divergences = new float[policy.numResponseTokens(index)];
        ResponseQuantity kl = ResponseQuantity.REFERENCE_KL;
        spread(divergences, index, roles(index).chosen(), 0, share * decision.chosenDerivative(kl, index));
        spread(divergences, index, roles(index).rejected(), 0, share * decision.rejectedDerivative(kl, index));
        return divergences;
    }

    private void spread(float[] tokens, int index, int response, int from, double derivative) {
        if (response == ResponseRoles.ABSENT || derivative == 0) {
            return;
        }
        int start = policy.start(index, response);
        for (int i = start + from; i < start + policy.length(index, response); i++) {
            tokens[i] += (float) derivative;
        }
    }

    private ResponseLogProbs side(IntUnaryOperator response) {
        int[] lengths = new int[policy.size()];
        Arrays.setAll(lengths, i -> length(i, response.applyAsInt(i)));
        ResponseLogProbs.Builder builder =
                ResponseLogProbs.builder(lengths, perResponse(response, (index, number) -> policy.sum(index, number)));
        if (inputs.needsReference()) {
            builder.with(
                    ResponseQuantity.REFERENCE,
                    perResponse(response, (index, number) -> referenceSum(index, number, 0)));
        }
        if (inputs.needs(ResponseQuantity.POLICY_TAIL)) {
            builder.with(
                    ResponseQuantity.POLICY_TAIL,
                    perResponse(response, (index, number) -> policy.sum(index, number, shorterLength(index))));
        }
        if (inputs.needs(ResponseQuantity.REFERENCE_TAIL)) {
            builder.with(
                    ResponseQuantity.REFERENCE_TAIL,
                    perResponse(response, (index, number) -> referenceSum(index, number, shorterLength(index))));
        }
        SUMS_OF_TOKENS.forEach((quantity, ofTokens) -> {
            if (inputs.needs(quantity)) {
                builder.with(
                        quantity, perResponse(response, (index, number) -> policy.sum(ofTokens, index, number, 0)));
            }
        });
        return builder.build();
    }

    private double referenceSum(int index, int response, int from) {
        int start = policy.start(index, response);
        int length = policy.length(index, response);
        return switch (reference) {
            case Reference.None _ -> 0;
            case Reference.Cached(var logProbs) -> logProbs.sum(policy.row(index), start + from, start + length);
            case Reference.Live _ -> policy.sum(TokenQuantity.REFERENCE_LOG_PROB, index, response, from);
        };
    }

    /// A number of one response of a row.
    private interface OfResponse {
        double of(int index, int response);
    }

    private double[] perResponse(IntUnaryOperator response, OfResponse number) {
        return perRow(index -> {
            int which = response.applyAsInt(index);
            return which == ResponseRoles.ABSENT ? 0 : number.of(index, which);
        });
    }

    private double[] perRow(IntToDoubleFunction number) {
        double[] column = new double[policy.size()];
        Arrays.setAll(column, number);
        return column;
    }

    private int length(int index, int response) {
        return response == ResponseRoles.ABSENT ? 0 : policy.length(index, response);
    }

    /// @return tokens of the shorter response of a pair; of the only one of an answer, which so has no tail
    private int shorterLength(int index) {
        int chosen = length(index, roles(index).chosen());
        int rejected = length(index, roles(index).rejected());
        return chosen == 0 || rejected == 0 ? Math.max(chosen, rejected) : Math.min(chosen, rejected);
    }

    private ResponseRoles roles(int index) {
        return ResponseRoles.of(rows.get(policy.row(index)));
    }

    private double scoreGap(int index) {
        LabelledRow<?> row = rows.get(policy.row(index));
        return row.scoreGap()
                .orElseThrow(() -> new IllegalArgumentException(
                        "pair '" + row.id() + "' (" + row.place() + ") must have a score on both answers"));
    }

    /// @return a row's id and numbers for a message
    String describe(Alignment alignment, PairLogProbs pairs, int index) {
        return "'" + rows.get(policy.row(index)).id() + "', margin "
                + alignment.objective().margin(pairs, index) + ", log-probability chosen "
                + pairs.chosen().policy(index) + " and rejected "
                + pairs.rejected().policy(index);
    }
}
