package org.betatron.data.template.jinja.syntax;

/// Which filters and tests there are.
public interface Known {

    boolean isFilter(String name);

    boolean isTest(String name);
}
