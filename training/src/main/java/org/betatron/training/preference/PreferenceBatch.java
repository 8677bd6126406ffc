package org.betatron.training.preference;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.model.LanguageModel;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.row.LabelledRow;
import org.betatron.training.MeasuredRows;
import org.betatron.training.reference.Reference;

/// One batch of preference rows between a model and an alignment: numbers of tokens become quantities of
/// responses.
final class PreferenceBatch {

    private final RequiredInputs inputs;
    private final MeasuredRows<? extends LabelledRow<?>> rows;
    private final Reference reference;
    private final BatchNumbers policy;

    /// @param inputs    what the alignment reads
    /// @param rows      with numbers of the policy
    /// @param reference what the policy is compared with
    PreferenceBatch(RequiredInputs inputs, MeasuredRows<? extends LabelledRow<?>> rows, Reference reference) {
        this.inputs = inputs;
        this.rows = rows;
        this.reference = reference;
        this.policy = rows.numbers();
    }

    /// @return what a policy has to be asked of each token so that a batch has the inputs: of log-probabilities of the
    ///     reference only those of one that runs beside
    static VocabularyRequest request(RequiredInputs inputs, Reference reference) {
        LanguageModel live = reference instanceof Reference.Live(var model) ? model : null;
        Set<TokenQuantity> wanted = inputs.quantities().stream()
                .map(ResponseQuantity::ofTokens)
                .filter(quantity -> live != null || quantity != TokenQuantity.REFERENCE_LOG_PROB)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(TokenQuantity.class)));
        if (live != null && inputs.needsReference()) {
            wanted.add(TokenQuantity.REFERENCE_LOG_PROB);
        }
        return new VocabularyRequest(wanted, inputs.extrapolation(), live);
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

    private ResponseLogProbs side(IntUnaryOperator response) {
        int[] lengths = new int[policy.size()];
        Arrays.setAll(lengths, i -> length(i, response.applyAsInt(i)));
        ResponseLogProbs.Builder builder =
                ResponseLogProbs.builder(lengths, perResponse(response, ofTokens(ResponseQuantity.POLICY)));
        for (ResponseQuantity quantity : ResponseQuantity.values()) {
            if (inputs.needs(quantity) || (quantity == ResponseQuantity.REFERENCE && inputs.needsReference())) {
                builder.with(quantity, perResponse(response, ofTokens(quantity)));
            }
        }
        return builder.build();
    }

    private OfResponse ofTokens(ResponseQuantity quantity) {
        TokenQuantity ofTokens = quantity.ofTokens();
        return (index, response) -> {
            int from = quantity.isOfTail() ? roles(index).shorterLength(policy, index) : 0;
            return ofTokens == TokenQuantity.REFERENCE_LOG_PROB
                    ? referenceSum(index, response, from)
                    : policy.sum(ofTokens, index, response, from);
        };
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

    private ResponseRoles roles(int index) {
        return ResponseRoles.of(rows.row(index));
    }

    private double scoreGap(int index) {
        LabelledRow<?> row = rows.row(index);
        return row.scoreGap()
                .orElseThrow(() -> new IllegalArgumentException(
                        "pair '" + row.id() + "' (" + row.place() + ") must have a score on both answers"));
    }
}
