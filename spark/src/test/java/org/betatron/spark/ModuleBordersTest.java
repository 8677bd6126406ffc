package org.betatron.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// What may depend on what in this module. The others do not have Spark on their class paths, and
/// ArchitectureTest in `cli` has their rules.
class ModuleBordersTest {

    private static final String SPARK = "org.betatron.spark";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.betatron.spark");

    @Test
    void libtorchStaysInTorch() {
        assertThat(CLASSES).hasSizeGreaterThan(20);
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
