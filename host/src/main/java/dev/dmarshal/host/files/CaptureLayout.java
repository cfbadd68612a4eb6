package dev.dmarshal.host.files;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Remark;
import dev.dmarshal.host.SourceKind;
import dev.dmarshal.host.capture.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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

    /**
     * A machine from what a capture holds.
     *
     * @param all   the archive, or the directory that it was unpacked to
     * @param whole whether it was read to its end
     */
    static HostRoot open(String name, MemoryTree all, Manifest manifest, boolean whole, List<Remark> remarks) {
        MemoryTree tree = all.below("/" + ROOT);
        tree.adopt(OUTPUT_PATH, all, "/" + OUTPUT);
        tree.folder(OUTPUT_PATH);
        boolean complete = whole && tree.count() >= manifest.entries();
        List<Remark> said = new ArrayList<>(remarks);
        if (whole && !complete) {
            said.add(new Remark("capture-incomplete", "it holds " + tree.count() + " of the " + manifest.entries() + " entries that it was made with"));
        }
        // What a damaged capture does not hold may have been in it.
        tree.completeness(complete ? manifest.completeness() : new Completeness(false, Map.of(), manifest.completeness().denied()));
        // A folder in which nothing was found was there all the same.
        manifest.completeness().looked().keySet().forEach(tree::folder);
        manifest.withheld().forEach(tree::withheld);
        said.addAll(remarks(manifest));
        return new HostRoot(name, SourceKind.CAPTURE, tree, said);
    }

    /** What is to be said of a capture because of its manifest. */
    private static List<Remark> remarks(Manifest manifest) {
        List<Remark> remarks = new ArrayList<>();
        if (manifest.version() > Manifest.VERSION) {
            remarks.add(new Remark("capture-later-version", "it is of version " + manifest.version() + " of the form, and this program knows version "
                    + Manifest.VERSION + ": what was added since is not used"));
        }
        if (!manifest.cut().isEmpty()) {
            remarks.add(new Remark("capture-cut", "only the start of these was captured: " + String.join(", ", manifest.cut())));
        }
        return remarks;
    }
}
