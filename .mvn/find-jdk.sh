# Sourced by ./mvnw and ./betatron, which set project_dir: points JAVA_HOME at a JDK 25 or newer, wherever one is usually installed.
# An explicit JAVA_HOME wins when it is new enough; otherwise it is overridden, because the build cannot use it.

# What the JVM and Maven take for granted: a home, and names of files and arguments in UTF-8.
if [ -z "${HOME:-}" ]; then
    HOME=$(getent passwd "$(id -u)" 2>/dev/null | cut -d: -f6)
    HOME=${HOME:-$project_dir/target}
    export HOME
fi
case $(locale charmap 2>/dev/null || echo UTF-8) in
    UTF-8 | utf8) ;;
    *)
        LC_ALL=C.UTF-8
        export LC_ALL
        ;;
esac

jdk_major() { # prints the feature version of the JDK in $1, or 0 where there is none
    if [ -x "$1/bin/javac" ] && [ -r "$1/release" ]; then
        sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" | head -n 1
    else
        echo 0
    fi
}

find_jdk() {
    java_on_path=$(command -v java 2>/dev/null || true)
    [ -z "$java_on_path" ] || java_on_path=$(dirname "$(dirname "$(readlink -f "$java_on_path")")")
    for candidate in "${JAVA_HOME:-}" "$java_on_path" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/*jdk* \
        "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.local/share/mise/installs/java/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        major=$(jdk_major "$candidate")
        if [ "${major:-0}" -ge 25 ]; then
            JAVA_HOME=$candidate
            export JAVA_HOME
            return 0
        fi
    done
    echo "Betatron needs a JDK 25 or newer: install one (for example Temurin 25) and, if it is in an unusual place, set JAVA_HOME to it." >&2
    return 1
}

find_jdk || exit 3
