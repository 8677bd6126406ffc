# Says what usually ended the JVM in native code, where nothing of ours runs any more.
cat >&2 <<'END'
betatron: ended in native code (above). After a SIGBUS, a file was cut short while it was being read: a model's, which
was overwritten in place (start again, and put other weights there under a new file that is renamed), or a native
library (start again; if it stays, delete ~/.javacpp/cache). After anything else, please report the file that it names.
END
