package org.betatron.spark;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How the answers of a model are judged against those of another one.
///
/// @param answers     of the model that is measured, and how the other one answers
/// @param against     the opponent, or null for the chosen answers of the rows
/// @param rewardModel who judges, or null for the known reward of the controlled world
public record EvaluateRequest(
        AnswerRequest answers,
        @Nullable Path against,
        @Nullable Path rewardModel) {}
