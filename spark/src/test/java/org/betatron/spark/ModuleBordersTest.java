package org.betatron.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// What may depend on what, where Spark is on the class path. ArchitectureTest in `cli` has the
/// rules of all
/// other modules.
class ModuleBordersTest {

    private static final String SPARK = "org.betatron.spark";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.betatron");

    @Test
    void onlyThisModuleKnowsSpark() {
        assertThat(CLASSES.containPackage("org.betatron.runs")).isTrue();
        noClasses()
                .that()
                .resideOutsideOfPackage(SPARK + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SPARK + "..", "org.apache.spark..", "org.apache.hadoop..", "scala..")
                .check(CLASSES);
    }

    @Test
    void libtorchStaysInTorch() {
        noClasses()
                .that()
                .resideInAPackage(SPARK + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(SPARK + ".(*)..").should().beFreeOfCycles().check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(SPARK + ".executor", SPARK + ".barrier")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SPARK, SPARK + ".submit")
                .check(CLASSES);
    }

    @Test
    void onlyTheMainClassEndsTheProcessOrPrints() {
        noClasses()
                .that()
                .resideInAPackage(SPARK + "..")
                .and()
                .doNotHaveSimpleName("Main")
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(CLASSES);
    }
}
