package org.betatron.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What may depend on what, over the class files of all modules.
class ArchitectureTest {

    private static final String TENSOR = "org.bytedeco.pytorch.Tensor";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.betatron");

    /// @return every module of the product
    static Stream<String> modules() {
        return Stream.of("core", "gguf", "hub", "data", "generation", "torch", "training", "evaluation", "runs", "cli");
    }

    /// A rule over nothing would hold: every module must have been read, and read whole.
    @ParameterizedTest
    @MethodSource("modules")
    void classFilesOfEveryModuleAreRead(String module) {
        assertThat(CLASSES.stream().filter(type -> type.getPackageName().startsWith("org.betatron." + module)))
                .hasSizeGreaterThan(2)
                .anyMatch(type -> !type.getDirectDependenciesFromSelf().isEmpty());
    }

    @Test
    void onlyTorchKnowsLibtorch() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.betatron.torch..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(CLASSES);
    }

    @Test
    void onlyTorchMemoryOpensPointerScopes() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.betatron.torch.memory..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.bytedeco.javacpp.PointerScope")
                .check(CLASSES);
    }

    /// A tensor lies on the device of the weights because whoever makes it has to say beside what.
    @Test
    void tensorsAreMadeInOnePlace() {
        DescribedPredicate<JavaCall<?>> makesATensorOfNone = DescribedPredicate.describe(
                "a call that makes a tensor of none",
                call -> call.getTarget().getRawReturnType().getName().equals(TENSOR)
                        && call.getTargetOwner().getName().startsWith("org.bytedeco.pytorch")
                        && (call.getTargetOwner().getName().endsWith(".torch")
                                || call.getTarget().getName().equals("create"))
                        && call.getTarget().getRawParameterTypes().stream()
                                .noneMatch(type -> type.getName().startsWith(TENSOR)
                                        && !type.getName().endsWith("Options")));
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("org.betatron.torch.tensor.Tensors")
                .and()
                .doNotHaveFullyQualifiedName("org.betatron.torch.tensor.HostTensors")
                .and()
                // Wraps the bytes of a file, to be copied to where the weights are.
                .doNotHaveFullyQualifiedName("org.betatron.torch.files.SafetensorsFile")
                .and()
                // Tries the processor itself.
                .doNotHaveFullyQualifiedName("org.betatron.torch.device.Processor")
                .should()
                .callCodeUnitWhere(makesATensorOfNone)
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(
                        "org.betatron.torch.attention..",
                        "org.betatron.torch.decoding..",
                        "org.betatron.torch.head..",
                        "org.betatron.torch.linear..",
                        "org.betatron.torch.pass..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.betatron.torch.tensor.HostTensors")
                .check(CLASSES);
    }

    /// What has to be said of a model's files is said where it is opened.
    @Test
    void modelsAreOpenedInOnePlace() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.betatron.torch..")
                .and()
                .doNotHaveFullyQualifiedName("org.betatron.runs.ModelOpening")
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "loads a model",
                        call -> call.getTargetOwner().isAssignableTo("org.betatron.torch.TorchModel")
                                && call.getName().equals("load")))
                .check(CLASSES);
    }

    @Test
    void coreDependsOnTheJdkOnly() {
        classes()
                .that()
                .resideInAPackage("org.betatron.core..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.betatron.core..", "java..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void ggufDependsOnTheJdkOnly() {
        classes()
                .that()
                .resideInAPackage("org.betatron.gguf..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.betatron.gguf..", "java..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void hubKnowsNoOtherModule() {
        classes()
                .that()
                .resideInAPackage("org.betatron.hub..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.betatron.hub..", "java..", "org.jspecify..", "tools.jackson..", "com.fasterxml.jackson..")
                .check(CLASSES);
    }

    @Test
    void onlyRunsPutModulesTogether() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "org.betatron.data..",
                        "org.betatron.generation..",
                        "org.betatron.training..",
                        "org.betatron.evaluation..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.betatron.torch..", "org.betatron.runs..", "org.betatron.cli..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("org.betatron.torch..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.betatron.data..",
                        "org.betatron.generation..",
                        "org.betatron.training..",
                        "org.betatron.evaluation..",
                        "org.betatron.runs..",
                        "org.betatron.cli..")
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineEndsTheProcessOrPrints() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.betatron.cli..")
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(CLASSES);
    }

    @Test
    void modulesHaveNoCycles() {
        slices().matching("org.betatron.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    /// The module's own package is one of them.
    @ParameterizedTest
    @MethodSource("modules")
    void packagesOfAModuleHaveNoCycles(String module) {
        slices().assignedFrom(packagesWithin("org.betatron." + module))
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    private static SliceAssignment packagesWithin(String module) {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                String name = type.getPackageName();
                return name.equals(module) || name.startsWith(module + ".")
                        ? SliceIdentifier.of(name)
                        : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages within " + module;
            }
        };
    }

    /// Descriptions are closed and made of data: a choice in a recipe is a record.
    @Test
    void sealedSpecsHaveOnlyRecords() throws ClassNotFoundException {
        List<String> checked = new ArrayList<>();
        for (JavaClass type : CLASSES) {
            Class<?> loaded = type.isInterface() ? Class.forName(type.getName()) : Object.class;
            if (loaded.isSealed() && loaded.getSimpleName().endsWith("Spec")) {
                assertThat(loaded.getPermittedSubclasses()).as(loaded.getName()).allMatch(Class::isRecord);
                checked.add(loaded.getSimpleName());
            }
        }
        assertThat(checked)
                .contains("ObjectiveSpec", "CalibrationSpec", "SelectionSpec", "AggregationSpec", "OptimizerSpec");
    }
}
