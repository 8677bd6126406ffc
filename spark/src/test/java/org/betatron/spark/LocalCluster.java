package org.betatron.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/// A cluster on this machine: two executors of one core, which are processes of their own, as in
/// any cluster.
///
/// Spark starts executors out of SPARK_HOME, whose `jars` may be empty where the class path is
/// given: the build
/// sets it to a directory in `target`.
final class LocalCluster {

    private LocalCluster() {}

    /// @return a session, to be closed by the caller
    static SparkSession start() {
        try {
            Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a place for Spark", e);
        }
        return SparkSession.builder()
                .appName("betatron-test")
                .master("local-cluster[2,1,1024]")
                .config("spark.ui.enabled", "false")
                .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .config("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
                .config("spark.sql.shuffle.partitions", "2")
                .config("spark.sql.codegen.wholeStage", "false")
                .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
                .config("spark.sql.adaptive.enabled", "false")
                .config(
                        "spark.sql.warehouse.dir",
                        Path.of("target", "warehouse").toAbsolutePath().toString())
                .config("spark.task.maxFailures", "1")
                .config("spark.scheduler.maxRegisteredResourcesWaitingTime", "2s")
                .getOrCreate();
    }
}
