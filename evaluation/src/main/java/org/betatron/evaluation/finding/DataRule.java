package org.betatron.evaluation.finding;

import org.betatron.evaluation.record.RunRecord;

/// Rows that were left out, cut, odd, or of one class alone.
final class DataRule implements FindingRule {

    /// A share of one class below which little is learned of it.
    private static final double FEW_OF_A_CLASS = 0.15;

    @Override
    public void look(RunRecord run, Found found) {
        data(run, found);
        rowsWorthALook(run, found);
    }

    private static void data(RunRecord run, Found found) {
        var data = run.data();
        if (data == null) {
            return;
        }
        if (data.numDropped() > 0.05 * data.numRead()) {
            found.note(
                    "%d of %d rows were dropped; the table of the data says why.", data.numDropped(), data.numRead());
        }
        if (data.numPromptsCut() + data.numResponsesCut() > 0.2 * data.numKept()) {
            found.note(
                    "%d prompts and %d responses were cut: raise data.truncation.maxTokens if the model has room.",
                    data.numPromptsCut(), data.numResponsesCut());
        }
    }

    private static void rowsWorthALook(RunRecord run, Found found) {
        var data = run.data();
        if (data == null) {
            return;
        }
        data.oddities()
                .forEach((oddity, count) -> found.note("%d of %d rows: %s.", count, data.numKept(), oddity.text()));
        int labelled = data.numDesirable() + data.numUndesirable();
        int fewer = Math.min(data.numDesirable(), data.numUndesirable());
        if (labelled > 0 && fewer < FEW_OF_A_CLASS * labelled) {
            found.problem(
                    "%d answers are desirable and %d undesirable: %s says what tells them apart, so accuracy says little.",
                    data.numDesirable(), data.numUndesirable(), fewer == 0 ? "nothing" : "little");
        }
    }
}
