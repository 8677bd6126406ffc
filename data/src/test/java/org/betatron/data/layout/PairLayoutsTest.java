package org.betatron.data.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.data.layout.RowRules.OnBadRow;
import org.betatron.data.row.DropReason;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.Message;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.PreferencePair;
import org.betatron.data.row.Prompt;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TrainingText;
import org.betatron.data.source.FieldMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Layouts that people have, by the names of their fields alone, and by names that a recipe gives.
class PairLayoutsTest {

    @TempDir
    Path directory;

    private ReadRow<PreferencePair> read(String row, FieldMap fields) throws IOException {
        Path file = Files.writeString(directory.resolve("x.jsonl"), row);
        RowRules rules = new RowRules(fields, OnBadRow.REFUSE, Set.of(), Set.of());
        try (RowReader<PreferencePair> reader = RowReader.open(file, PreferenceFormat.AUTO, rules)) {
            return reader.next();
        }
    }

    private static PreferencePair pair(ReadRow<PreferencePair> row) {
        assertThat(row).isInstanceOf(ReadRow.Kept.class);
        return ((ReadRow.Kept<PreferencePair>) row).row();
    }

    /// Every row says that `yes` is the better answer to `Is it?`; `'` stands for `"`.
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        {'question': 'Is it?', 'chosen': 'yes', 'rejected': 'no'}
        {'query': 'Is it?', 'chosen': 'yes', 'rejected': 'no'}
        {'input': 'Is it?', 'chosen': 'yes', 'rejected': 'no', 'generations': ['yes', 'no'], 'rating': [9, 1]}
        {'question': 'Is it?', 'response_j': 'yes', 'response_k': 'no'}
        {'question': 'Is it?', 'chosen_response': 'yes', 'rejected_response': 'no'}
        {'question': 'Is it?', 'accepted': 'yes', 'rejected': 'no'}
        {'chosen_conversations': [{'role': 'user', 'content': 'Is it?'}, {'role': 'assistant', 'content': 'yes'}], 'rejected_conversations': [{'role': 'user', 'content': 'Is it?'}, {'role': 'assistant', 'content': 'no'}]}
        {'context': [{'role': 'user', 'content': 'Is it?'}], 'completions': [{'rank': 1, 'completion': [{'role': 'assistant', 'content': 'no'}]}, {'rank': 0, 'completion': [{'role': 'assistant', 'content': 'yes'}]}]}
        {'question': 'Is it?', 'response_a': 'no', 'response_b': 'yes', 'preferred_response': 'response_b'}
        {'question': 'Is it?', 'better': 'yes', 'worse': 'no'}
        {'question': 'Is it?', 'winner': 'yes', 'loser': 'no'}
        {'question': 'Is it?', 'positive': 'yes', 'negative': 'no'}
        {'messages': [{'role': 'user', 'content': 'Is it?'}], 'chosen': {'role': 'assistant', 'content': 'yes'}, 'rejected': {'role': 'assistant', 'content': 'no'}}
        {'messages': [{'role': 'user', 'content': 'Is it?'}], 'chosen': 'yes', 'rejected': 'no'}
        {'messages': [{'role': 'user', 'content': 'Is it?'}, {'role': 'assistant', 'content': 'yes'}], 'rejected_response': 'no'}
        {'messages': [{'role': 'user', 'content': 'Is it?'}, {'role': 'assistant', 'content': 'yes'}], 'rejected_messages': [{'role': 'user', 'content': 'Is it?'}, {'role': 'assistant', 'content': 'no'}]}
        {'input': {'messages': [{'role': 'user', 'content': 'Is it?'}]}, 'preferred_output': [{'role': 'assistant', 'content': 'yes'}], 'non_preferred_output': [{'role': 'assistant', 'content': 'no'}]}
        {'winner': 'model_b', 'conversation_a': [{'role': 'user', 'content': 'Is it?'}, {'role': 'assistant', 'content': 'no'}], 'conversation_b': [{'role': 'user', 'content': 'Is it?'}, {'role': 'assistant', 'content': 'yes'}]}
        {'question': 'Is it?', 'response_0': 'no', 'response_1': 'yes', 'better_response_id': 1, 'safer_response_id': 0}
        {'question': 'Is it?', 'response_0': 'yes', 'response_1': 'no', 'safer_response_id': 0.0}
        {'question': 'Is it?', 'response_a': 'yes', 'response_b': 'no', 'winner': 'A'}
        {'instruction': 'Is it?', 'output_1': 'no', 'output_2': 'yes', 'preference': 2}
        {'question': 'Is it?', 'response_1': 'no', 'response_2': 'yes', 'preference_strength': 2}
        {'context': [{'role': 'user', 'content': 'Is it?'}], 'response1': 'yes', 'response2': 'no', 'overall_preference': -3}
        {'history': 'Is it?', 'human_ref_A': 'no', 'human_ref_B': 'yes', 'labels': 0}
        {'question': 'Is it?', 'answers': [{'answer': 'maybe', 'rank': 2}, {'answer': 'yes', 'rank': 1.0}, {'answer': 'no', 'rank': 3.0}]}
        {'instruction': 'Is it?', 'completions': [{'response': 'no', 'overall_score': 2.5}, {'response': 'yes', 'overall_score': 9}]}
        {'question': 'Is it?', 'responses': ['yes', 'no'], 'scores': ['7', '-1']}
        {'question': 'Is it?', 'responses': ['no', 'yes'], 'scores': [1, 2], 'ranks': 'by hand'}
        {'question': {'full_text': 'Is it?', 'id': 'x'}, 'answer_0': 'no', 'answer_1': 'yes', 'score_0': -0.5, 'score_1': 0.5}
        {'question': 'Is it?', 'completion_a': 'yes', 'completion_b': 'no', 'rating_a': '4', 'rating_b': '3.5'}
        {'prompt': '[\\'Is it?\\']', 'response_a': '[\\'no\\']', 'response_b': '[\\'yes\\']', 'winner_model_a': 0, 'winner_model_b': 1, 'winner_tie': 0}
        {'prompt': ['Is it?'], 'response_a': ['yes'], 'response_b': ['no'], 'winner_model_a': true, 'winner_model_b': false}
        {'instruction': 'Is it?', 'input': '', 'output': ['yes', 'no']}
        {'conversations': [{'from': 'human', 'value': 'Is it?'}], 'chosen': {'from': 'gpt', 'value': 'yes'}, 'rejected': {'from': 'gpt', 'value': 'no'}}
        {'contents': [{'role': 'user', 'parts': [{'text': 'Is '}, {'text': 'it?'}]}], 'completions': [{'score': 0, 'completion': {'role': 'model', 'parts': [{'text': 'no'}]}}, {'score': 1, 'completion': {'role': 'model', 'parts': [{'text': 'yes'}]}}]}
        {'messages': [{'role': 'user', 'content': 'Is it?'}], 'responses': ['no', 'yes'], 'scores': [0, 1]}
        {'context': 'Is it?', 'response1': 'no', 'response2': 'yes', 'overall_preference': 1}
        {'question': 'Is it?', 'response_a': 'no', 'response_b': 'yes', 'winner': 'b', 'strength': -3, 'firstWins': true}
        """)
    void namesThatSayAll(String row) throws IOException {
        PreferencePair pair = pair(read(row.replace("\\'", "\\\"").replace('\'', '"'), FieldMap.NONE));
        assertThat(pair.prompt()).isEqualTo(new Prompt.Dialogue(List.of(Message.user("Is it?"))));
        assertThat(pair.chosen().content()).isEqualTo("yes");
        assertThat(pair.rejected().content()).isEqualTo("no");
    }

    @Test
    void aPromptThatIsTextStaysOne() throws IOException {
        PreferencePair pair = pair(read(
                "{\"prompt\": \"p\", \"response_0\": \"a\", \"response_1\": \"b\", \"better_response_id\": 0}",
                FieldMap.NONE));
        assertThat(pair).isEqualTo(new PreferencePair("x.jsonl:1", new Prompt.Text("p"), "a", "b", null));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`\"winner\": \"tie\"`",
                "`\"winner\": \"Tie (both bad)\"`",
                "`\"winner\": \"neither\"`",
                "`\"winner_model_a\": 0, \"winner_model_b\": 0, \"winner_tie\": 1`",
                "`\"score_a\": 0.0, \"score_b\": -0.0`",
                "`\"winner\": null, \"preference\": null, \"preference_strength\": 0`"
            })
    void tiesAreDropped(String verdict) throws IOException {
        String names = verdict.contains("strength")
                ? "\"response_1\": \"a\", \"response_2\": \"b\""
                : "\"response_a\": \"a\", \"response_b\": \"b\"";
        assertThat(read("{\"prompt\": \"p\", " + names + ", " + verdict + "}", FieldMap.NONE))
                .isEqualTo(new ReadRow.Dropped<>(new DroppedRow(
                        "x.jsonl:1", new RowPlace(directory.resolve("x.jsonl").toString(), 1), DropReason.UNDECIDED)));
    }

    /// What a refusal proposes is read once it stands in a recipe.
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        {'q': 'Is it?', 'model_a': 'x', 'model_b': 'y', 'reply_a': 'yes', 'reply_b': 'no', 'vote': 'A'} ~ [q, model_a, model_b, reply_a, reply_b, vote] ~ {prompt: q, first: reply_a, second: reply_b, winner: vote} (or firstWins, strength, or firstScore with secondScore, in place of winner)
        {'q': 'Is it?', 'summaries': [{'text': 'yes'}, {'text': 'no'}], 'choice': 0} ~ [q, summaries, choice] ~ {prompt: q, answers: "summaries[].text", winner: choice} (or ranks or scores in place of winner)
        {'q': 'Is it?', 'good': 'yes', 'bad': 'no', 'rejected': null} ~ [q, good, bad, rejected (null)] ~ {prompt: q, chosen: good, rejected: bad}
        """)
    void otherNamesAreProposedByWhatStandsUnderThem(String row, String fields, String proposed) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> read(row.replace('\'', '"'), FieldMap.NONE))
                .withMessageEndingWith("but had the fields " + fields
                        + "; where fields have other names, a recipe says which they are: data.fields: " + proposed);
    }

    @Test
    void aWinnerThatIsNoneOfTheTwoIsRefused() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> read(
                        "{\"prompt\": \"p\", \"response_a\": \"a\", \"response_b\": \"b\", \"winner\": \"c\"}",
                        FieldMap.NONE))
                .withMessageEndingWith(
                        ":1: \"winner\" must name \"response_a\", \"response_b\" or a tie but was \"c\"");
    }

    /// What a row says and the layout does not tell apart is refused, not guessed.
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        {'prompt': ['a', 'b'], 'response_a': ['c'], 'response_b': ['d', 'e'], 'winner_model_a': 1, 'winner_model_b': 0} ~ "prompt" is a list of 2 texts, so "response_a" must be a list of as many answers but had 1
        {'prompt': ['a', 'b'], 'response_a': ['c', null], 'response_b': ['d', 'e'], 'winner_model_a': 1, 'winner_model_b': 0} ~ "response_a[1]" must be a string but was null
        {'prompt': 'a', 'response_a': 'c', 'response_b': 'd', 'winner_model_a': 1, 'winner_model_b': 1} ~ only one of "winner_model_a" and "winner_model_b" can hold, but both did
        {'question': 'a', 'answer_0': 'c', 'answer_1': 'd', 'score_0': 1, 'score_1': 'good'} ~ "score_1" must be a number but was a string
        {'contents': [{'role': 'user', 'parts': [{'functionCall': {'name': 'f'}}]}], 'completions': [{'score': 0, 'completion': 'c'}, {'score': 1, 'completion': 'd'}]} ~ "contents[0]" has a part with "functionCall"; only text is supported in parts
        {'prompt': 'a', 'chosen': '[{\\'role\\': \\'user\\', \\'content\\': \\'b\\'}]', 'rejected': 'c'} ~ "chosen" is a list of messages that was written as text: make it a list again (jq -c '.chosen |= fromjson' FILE)
        """)
    void whatIsNotSaidIsNotGuessed(String row, String problem) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> read(row.replace("\\'", "\\\"").replace('\'', '"'), FieldMap.NONE))
                .withMessageEndingWith(":1: " + problem);
    }

    @Test
    void twoOutputsAreTwoInEveryRow() throws IOException {
        Path file = Files.writeString(
                directory.resolve("x.jsonl"),
                "{\"instruction\": \"a\", \"output\": [\"b\", \"c\"]}\n{\"instruction\": \"a\", \"output\": [\"b\", \"c\", \"d\"]}\n");
        try (RowReader<PreferencePair> reader = RowReader.open(file, PreferenceFormat.AUTO, RowRules.DEFAULT)) {
            reader.next();
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(reader::next)
                    .withMessageEndingWith(
                            ":2: \"output\" must be a list of two answers, the better one first, but had 3");
        }
    }

    @Test
    void scoresAndWinnersByPath() throws IOException {
        String row = "{\"q\": \"p\", \"x\": \"a\", \"y\": \"b\", \"by\": {\"x\": 1, \"y\": 2}, \"won\": [false, true]}";
        assertThat(pair(read(
                                row,
                                new FieldMap(Map.of(
                                        "prompt",
                                        "q",
                                        "first",
                                        "x",
                                        "second",
                                        "y",
                                        "firstScore",
                                        "by.x",
                                        "secondScore",
                                        "by.y"))))
                        .chosen()
                        .content())
                .isEqualTo("b");
        assertThat(pair(read(
                                row,
                                new FieldMap(Map.of(
                                        "prompt",
                                        "q",
                                        "first",
                                        "x",
                                        "second",
                                        "y",
                                        "firstWins",
                                        "won[0]",
                                        "secondWins",
                                        "won[1]"))))
                        .chosen()
                        .content())
                .isEqualTo("b");
    }

    /// A dialogue beside a pair that says more than the pair is named, one that repeats it is not.
    @Test
    void dialoguesThatAreNotReadAreContent() throws IOException {
        String pair = "\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"";
        ReadRow<PreferencePair> row = read(
                "{" + pair
                        + ", \"messages\": [{\"role\": \"user\", \"content\": \"p\"}, {\"role\": \"assistant\", \"content\": \"a\"}]}",
                FieldMap.NONE);
        assertThat(((ReadRow.Kept<PreferencePair>) row).left().content()).isEqualTo(Map.of("messages", List.of("p")));
    }

    @Test
    void fieldsByPath() throws IOException {
        String row =
                "{\"info\": {\"post\": \"p\"}, \"summaries\": [{\"text\": \"a\"}, {\"text\": \"b\"}], \"choice\": 1,"
                        + " \"by\": \"me\"}";
        ReadRow<PreferencePair> read = read(
                row, new FieldMap(Map.of("prompt", "info.post", "answers", "summaries[].text", "winner", "choice")));
        assertThat(pair(read)).isEqualTo(new PreferencePair("x.jsonl:1", new Prompt.Text("p"), "b", "a", null));
        assertThat(((ReadRow.Kept<PreferencePair>) read).left().names()).containsExactly("by");
        assertThat(pair(read(
                        "{\"q\": \"p\", \"outs\": [\"a\", \"b\"], \"s\": {\"c\": 2, \"r\": 1}, \"a.b\": \"sys\"}",
                        new FieldMap(Map.of(
                                "instruction", "q",
                                "chosen", "outs[1]",
                                "rejected", "outs[0]",
                                "system", "a.b",
                                "chosen_score", "s.c",
                                "rejected_score", "s.r")))))
                .satisfies(pair -> {
                    assertThat(pair.prompt())
                            .isEqualTo(new Prompt.Dialogue(List.of(Message.system("sys"), Message.user("p"))));
                    assertThat(pair.chosen().content()).isEqualTo("b");
                    assertThat(pair.scores()).isEqualTo(new PairScores(2, 1));
                });
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> read(
                        "{\"q\": \"p\", \"outs\": [\"a\"]}",
                        new FieldMap(Map.of("prompt", "q", "chosen", "outs[1]", "rejected", "outs[0]"))))
                .withMessageContaining("must have \"prompt\", \"chosen\" and \"rejected\"");
    }

    /// A field that was named takes the place of one that is found by itself.
    @Test
    void aNamedFieldComesFirst() throws IOException {
        String row = "{\"prompt\": \"p\", \"response_0\": \"a\", \"response_1\": \"b\", \"better_response_id\": 0,"
                + " \"safer_response_id\": 1}";
        assertThat(pair(read(row, new FieldMap(Map.of("winner", "safer_response_id"))))
                        .chosen()
                        .content())
                .isEqualTo("b");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        {'question': 'Is it?', 'answer': 'yes'}
        {'instruction': 'Is it?', 'response': 'yes', 'context': ''}
        {'query': 'Is it?', 'response': 'yes'}
        {'input': 'Is it?', 'output': 'yes'}
        {'system': '', 'prompt': 'Is it?', 'output': 'yes'}
        {'prompt': 'Is it?', 'completion': [{'role': 'assistant', 'content': 'yes'}]}
        """)
    void texts(String row) throws IOException {
        Path file = Files.writeString(directory.resolve("x.jsonl"), row.replace('\'', '"'));
        try (RowReader<TrainingText> reader = TextFormat.AUTO.open(file)) {
            assertThat(reader.next())
                    .isEqualTo(new ReadRow.Kept<>(
                            new RowPlace(file.toString(), 1),
                            new TrainingText(
                                    "x.jsonl:1", new Prompt.Dialogue(List.of(Message.user("Is it?"))), "yes")));
        }
    }
}
