package org.betatron.evaluation.finding;

import org.betatron.evaluation.record.RunRecord;

/// One kind of thing to look for in a run. Thresholds are rules of thumb of ours; each sentence gives the numbers
/// that it rests on.
@FunctionalInterface
interface FindingRule {

    /// @param run   possibly without any of what the rule is about: then it says nothing
    /// @param found what is found is added to
    void look(RunRecord run, Found found);
}
