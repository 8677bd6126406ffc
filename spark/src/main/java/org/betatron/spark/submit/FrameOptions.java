package org.betatron.spark.submit;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/// Where rows come from and where they go.
final class FrameOptions {

    @Option(
            names = "--in",
            required = true,
            paramLabel = "PARQUET",
            description = "Rows: Parquet, anywhere that Spark reads it.")
    private String in = "";

    @Option(
            names = "--out",
            required = true,
            paramLabel = "PARQUET",
            description = "Directory of Parquet files that does not exist.")
    private String out = "";

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Parts that the rows are dealt out in (default 0: as Spark reads them).")
    private int partitions;

    /// @return the rows
    /// @throws IllegalArgumentException if the output exists
    Dataset<Row> read(SparkSession session) {
        if (partitions < 0) {
            throw new IllegalArgumentException("--partitions must be at least 0 but was " + partitions);
        }
        Path place = new Path(out);
        try {
            if (place.getFileSystem(session.sparkContext().hadoopConfiguration())
                    .exists(place)) {
                throw new IllegalArgumentException(
                        "--out " + out + " exists already: name another directory, or remove it");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("--out " + out + " cannot be looked at: " + e.getMessage(), e);
        }
        Dataset<Row> rows = session.read().parquet(in);
        return partitions == 0 ? rows : rows.repartition(partitions);
    }

    /// Computes rows and writes them.
    ///
    /// @return what was written
    Dataset<Row> write(Dataset<Row> rows) {
        rows.write().parquet(out);
        return rows.sparkSession().read().parquet(out);
    }

    String out() {
        return out;
    }
}
