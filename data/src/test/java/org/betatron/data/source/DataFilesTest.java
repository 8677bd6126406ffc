package org.betatron.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.betatron.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataFilesTest {

    @TempDir
    Path directory;

    private Path files(String... names) throws IOException {
        for (String name : names) {
            Path file = directory.resolve(name);
            Files.createDirectories(file.resolveSibling(""));
            Files.writeString(file, "x");
        }
        return directory;
    }

    private List<String> here(String given) {
        return DataFiles.parse(directory + given).here(DataFiles.FALLBACK).stream()
                .map(file -> directory.relativize(file).toString())
                .toList();
    }

    /// What `datasets.load_dataset(...)` makes of the same names, tried with 5.2.0.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "data/train_prefs-00000-of-00002.parquet data/test_sft-00000-of-00001.parquet | train_prefs ; test_sft",
                "train.jsonl test.jsonl | train ; test",
                "my-training_1.jsonl my-dev.jsonl | train ; validation",
                "train/a.jsonl eval/b.jsonl | train ; test",
                "helpful-base/train.jsonl.gz helpful-base/test.jsonl.gz | train ; test",
                "a.jsonl b.jsonl | train ; train",
                "trainer.jsonl test.jsonl | - ; test",
                "testing-set/train.json testing-set/b.json | test ; test"
            })
    void splitsAreThoseOfDatasets(String names, String splits) {
        List<String> all = List.of(names.split(" "));
        assertThat(all.stream().map(name -> DataSplit.of(all, name)).toList())
                .isEqualTo(List.of(splits.replace("-", "").split(" ; ", -1)).stream()
                        .map(String::strip)
                        .toList());
    }

    @Test
    void aDirectoryIsItsTrainingSplitUnlessAnotherIsNamed() throws IOException {
        files("README.md", "dataset_info.json", ".hidden/train.parquet", "data/train-00000-of-00002.parquet");
        files("data/train-00001-of-00002.parquet", "data/test-00000-of-00001.parquet");

        assertThat(here("")).containsExactly("data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet");
        assertThat(here("#test")).containsExactly("data/test-00000-of-00001.parquet");
        assertThat(here("/data#test")).containsExactly("data/test-00000-of-00001.parquet");
        assertThat(here("/data/*.parquet")).hasSize(3);
        files("data/test_more-00000-of-00001.parquet");
        assertThat(here("/data#test")).containsExactly("data/test-00000-of-00001.parquet");
        assertThat(here("/data#test_more")).containsExactly("data/test_more-00000-of-00001.parquet");
        assertThat(here("/**/test-*.parquet")).containsExactly("data/test-00000-of-00001.parquet");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> here("#validation"))
                .withMessageEndingWith("has no split validation; name one of those it has, as " + directory
                        + "#test: test, test_more, train");
    }

    /// Files as `load_dataset(directory, configuration, split=...)` reads them, tried with 5.2.0.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // What names look like does not count.
                "- config_name: x$  data_files: [{split: train, path: b/dev.jsonl}, {split: late, path: 'a/*'}] | | b/dev.jsonl",
                "- config_name: x$  data_files: [{split: train, path: b/dev.jsonl}, {split: late, path: 'a/*'}] | #late"
                        + " | a/test.jsonl a/train.jsonl",
                "- config_name: x$  data_files: 'a/*.jsonl' | | a/test.jsonl a/train.jsonl",
                "- config_name: x$  data_files: [c.jsonl, b/dev.jsonl] | #train | b/dev.jsonl c.jsonl",
                "- config_name: x$  data_files: '**/*.jsonl' | | a/test.jsonl a/train.jsonl b/dev.jsonl c.jsonl",
                "- config_name: x$  data_files: [{split: test, path: [c.jsonl, a/train.jsonl]}] | | a/train.jsonl c.jsonl",
                // A directory, whose names tell splits.
                "- config_name: x$  data_dir: a | | a/train.jsonl",
                "- config_name: x$  data_dir: a | #test | a/test.jsonl",
                // Several: the usual one, or the one that is named.
                "- config_name: x$  data_dir: a$- config_name: default$  data_files: c.jsonl | | c.jsonl",
                "- config_name: x$  data_dir: a$- config_name: y$  default: true$  data_files: c.jsonl | | c.jsonl",
                "- config_name: x$  data_dir: a$- config_name: default$  data_files: c.jsonl | #x | a/train.jsonl",
                "- config_name: x$  data_dir: a$- config_name: default$  data_files: c.jsonl | #x:test | a/test.jsonl"
            })
    void configurationsOfTheCardComeFirst(String configs, String asked, String read) throws IOException {
        files("a/train.jsonl", "a/test.jsonl", "b/dev.jsonl", "c.jsonl");
        card(configs);

        assertThat(here(asked == null ? "" : asked)).containsExactlyInAnyOrder(read.split(" "));
    }

    private void card(String configs) throws IOException {
        String yaml = "configs:\n" + configs.replace("$", "\n");
        Files.writeString(directory.resolve("README.md"), "---\nlicense: mit\n" + yaml + "\n---\n# Rows\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- config_name: x$  data_dir: a$- config_name: y$  data_dir: b | | : has several configurations (%s/README.md);"
                        + " name one of those it has, as %s#x: x, y",
                "- config_name: default$- config_name: y$  default: true | | : has several default configurations",
                "- config_name: x$  data_dir: a$- config_name: y$  data_dir: b | #z:train | : has no configuration z",
                "- config_name: x$  data_files: c.jsonl | #test | : has no split test; name one of those it has, as %s#train: train",
                "- config_name: x$  data_files: d.jsonl | | : README.md says that split train of x is d.jsonl, but there is no"
                        + " such file; there is README.md, a/test.jsonl",
                "- data_files: c.jsonl | | /README.md: each of configs must have a config_name",
                "- config_name: x$  data_files: {train: c.jsonl} | | /README.md: data_files of x must be patterns",
                "- config_name: x$  data_files: 'hf://datasets/a/b/c.jsonl' | | /README.md: data_files of x lie elsewhere",
                "- config_name: x$  data_dir: a$  data_files: t*.jsonl | | /README.md: data_dir and data_files of x exclude",
                "- config_name: [x | | /README.md: the lines between --- are not YAML (line 4)",
            })
    void aCardThatContradictsItselfOrTheFilesIsRefused(String configs, String asked, String message)
            throws IOException {
        files("a/train.jsonl", "a/test.jsonl", "c.jsonl");
        card(configs);

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> here(asked == null ? "" : asked))
                .withMessageStartingWith(directory + message.replace("%s", directory.toString()));
    }

    @Test
    void whatIsMeasuredOnIsNamed() throws IOException {
        files("train.jsonl", "test.jsonl", "one/dev.jsonl");

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> DataFiles.parse(directory.toString()).here(""))
                .withMessage(directory + ": has several splits; name one of those it has, as " + directory
                        + "#test: test, train, validation");
        assertThat(DataFiles.parse(directory + "/one").here("")).hasSize(1);
        assertThat(here("/one")).containsExactly("one/dev.jsonl");
    }

    @Test
    void aShardThatIsMissingIsNoticed() throws IOException {
        files("data/train-00000-of-00003.parquet", "data/train-00002-of-00003.parquet");

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> here(""))
                .withMessage(directory + ": holds 2 of the 3 files data/train-*-of-00003: fetch or copy the others, or"
                        + " name those that are meant");
        assertThat(here("/data/*")).hasSize(2);
    }

    @Test
    void aPatternMatchesHereOrBelow() throws IOException {
        files("a.jsonl", "b/c.jsonl", "b/d.txt");

        assertThat(here("/*.jsonl")).containsExactly("a.jsonl");
        assertThat(here("/**/*.jsonl")).containsExactly("a.jsonl", "b/c.jsonl");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> here("/*.parquet"))
                .withMessage(
                        directory + "/*.parquet: no file matches *.parquet holds rows by its name (.parquet, .arrow,"
                                + " .jsonl, .ndjson, .json, .jsonl.gz, .ndjson.gz, .json.gz, .txt); there is a.jsonl");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> here("/b/*"))
                .withMessage(
                        directory + "/b/*: holds files of several kinds (.jsonl, .txt), which may be the same rows:"
                                + " name one kind, as **/*.jsonl");
    }

    @Test
    void aFileIsItselfWhateverItsName() throws IOException {
        files("odd[1]#x.data");

        assertThat(here("/odd[1]#x.data")).containsExactly("odd[1]#x.data");
        assertThat(here("/missing.jsonl")).containsExactly("missing.jsonl");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> here("/odd[1]#x.data#train"))
                .withMessageEndingWith("only a directory has splits, but " + directory + "/odd[1]#x.data is a file");
    }
}
