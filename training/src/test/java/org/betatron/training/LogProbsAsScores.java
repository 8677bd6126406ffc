package org.betatron.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.TrainableModel;
import org.betatron.testkit.TinyLanguageModel;

/// The tiny language model in the part of a reward model whose scores are log-probabilities.
record LogProbsAsScores(TinyLanguageModel model) implements TrainableModel {

    @Override
    public int tokensAtOnce() {
        return model.tokensAtOnce();
    }

    @Override
    public TokenNumbers score(PackedBatch batch) {
        return scores(model.score(batch));
    }

    private static TokenNumbers scores(TokenNumbers numbers) {
        return new TokenNumbers(numbers.batch(), Map.of(TokenQuantity.SCORE, numbers.logProbs()));
    }

    @Override
    public ForwardPass forward(PackedBatch batch) {
        ForwardPass pass = model.forward(batch);
        return new ForwardPass() {

            @Override
            public TokenNumbers numbers() {
                return scores(pass.numbers());
            }

            @Override
            public void backward(Map<TokenQuantity, float[]> derivatives) {
                pass.backward(Objects.requireNonNull(derivatives.get(TokenQuantity.SCORE)));
            }

            @Override
            public void close() {
                pass.close();
            }
        };
    }

    @Override
    public long graphBytes(long numTokens) {
        return model.graphBytes(numTokens);
    }

    @Override
    public void moveTowards(TrainableModel other, double share) {
        model.moveTowards(other, share);
    }

    @Override
    public void save(Path directory) throws IOException {
        model.save(directory);
    }

    @Override
    public int vocabularySize() {
        return model.vocabularySize();
    }

    @Override
    public int maxPositions() {
        return model.maxPositions();
    }

    @Override
    public void close() {
        model.close();
    }
}
