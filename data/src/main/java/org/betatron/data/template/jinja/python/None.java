package org.betatron.data.template.jinja.python;

/// Python's `None`. Java's null stands for "there is no such thing" within this package.
public enum None {
    NONE
}
