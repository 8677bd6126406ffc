package org.betatron.data.template.jinja.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A piece of a template: text or what a tag does.
public sealed interface Statement {

    /// @return line of the template, from 1
    int line();

    record Text(int line, String text) implements Statement {}

    record Print(int line, Expression value) implements Statement {}

    /// @param branches tests in order with what follows them
    record If(int line, List<Branch> branches, List<Statement> otherwise) implements Statement {}

    record Branch(int line, Expression test, List<Statement> body) {}

    /// @param condition   items without it are left out
    /// @param isRecursive whether `loop(items)` runs the body for them
    /// @param otherwise   runs if there was no item
    record For(
            int line,
            Target target,
            Expression items,
            @Nullable Expression condition,
            boolean isRecursive,
            List<Statement> body,
            List<Statement> otherwise)
            implements Statement {}

    record Assign(int line, Target target, Expression value) implements Statement {}

    /// @param filter of the block's text, which is an [Expression.BlockText]
    record AssignBlock(int line, Target target, Expression filter, List<Statement> body) implements Statement {}

    record Macro(int line, String name, Signature signature, List<Statement> body) implements Statement {}

    /// Calls a macro that may call the body as `caller`.
    record CallBlock(int line, Expression.Call call, Signature signature, List<Statement> body) implements Statement {}

    record FilterBlock(int line, Expression filter, List<Statement> body) implements Statement {}

    record With(int line, List<Binding> bindings, List<Statement> body) implements Statement {}

    record Binding(Target target, Expression value) {}

    /// `generation`: the tokens of the assistant, as `transformers` marks them. Sets nothing outside.
    record Generation(int line, List<Statement> body) implements Statement {}

    record Break(int line) implements Statement {}

    record Continue(int line) implements Statement {}

    /// The parameters of a macro.
    ///
    /// @param usesCaller   whether the body reads `caller`, likewise `varargs` and `kwargs`; a macro
    ///     takes only what it reads
    record Signature(List<Parameter> parameters, boolean usesCaller, boolean usesPositional, boolean usesNamed) {}

    record Parameter(String name, @Nullable Expression otherwise) {}

    /// What is assigned to.
    sealed interface Target {}

    record NameTarget(String name) implements Target {}

    record AttributeTarget(String owner, String attribute) implements Target {}

    record TupleTarget(List<Target> targets) implements Target {}
}
