package org.betatron.core;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Where a choice that a recipe can make was published, or settings of one that go by a name of their own.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.FIELD})
public @interface Source {

    /// @return authors, year and identifier; `ours` where nothing was published
    String value();
}
