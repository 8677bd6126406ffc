package org.betatron.runs.plan;

import java.util.List;
import org.betatron.runs.model.ModelSize;

/// What a run will take.
///
/// @param size          of the model
/// @param memory        what the memory is for when the run needs most
/// @param machineBytes  memory of the machine, or of the container that this process runs in
/// @param tokensAtOnce  tokens whose graphs are kept at once
/// @param tokensOfBatch tokens of an optimizer batch, mean
/// @param numSteps      optimizer steps of the run
/// @param stepSeconds   time of a step, from a product that was measured
/// @param diskBytes     files that the run leaves, checkpoints included
/// @param advice        settings that take less memory, with how much, where the machine has too little
public record RunPlan(
        ModelSize size,
        List<MemoryPart> memory,
        long machineBytes,
        int tokensAtOnce,
        long tokensOfBatch,
        long numSteps,
        double stepSeconds,
        long diskBytes,
        List<String> advice) {

    public RunPlan {
        memory = List.copyOf(memory);
        advice = List.copyOf(advice);
    }

    /// @return memory that the run needs at most, bytes
    public long peakBytes() {
        return memory.stream().mapToLong(MemoryPart::bytes).sum();
    }

    /// @return whether the machine has that much
    public boolean fits() {
        return peakBytes() <= machineBytes;
    }
}
