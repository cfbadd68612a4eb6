package dev.dmarshal.host.files;

import dev.dmarshal.host.Remark;
import dev.dmarshal.host.capture.Manifest;
import java.util.List;

/** How a capture's archive is laid out. */
public final class CaptureLayout {

    /** The folder in which the machine's root is. */
    public static final String ROOT = "root";
    /** The folder in which the output of commands is. */
    public static final String OUTPUT = "output";
    /** Where that folder is put among the machine's files, as {@link dev.dmarshal.host.HostCommand#path} has it. */
    static final String OUTPUT_PATH = "/.output";

    private CaptureLayout() {
    }

    /** What is to be said of a capture because of its manifest. */
    static List<Remark> remarks(Manifest manifest) {
        return manifest.version() <= Manifest.VERSION ? List.of() : List.of(new Remark("capture-later-version", "it is of version " + manifest.version()
                + " of the form, and this program knows version " + Manifest.VERSION + ": what was added since is not used"));
    }
}
