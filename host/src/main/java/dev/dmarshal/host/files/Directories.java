package dev.dmarshal.host.files;

import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.SourceKind;
import dev.dmarshal.host.capture.Manifest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Directories that hold a machine's files: unpacked captures, unpacked sos reports, and any others. */
final class Directories {

    private static final List<String> ROOTS = List.of("sys", "proc", "sos_commands", Manifest.FILE);

    private Directories() {
    }

    static HostRoot open(Path directory) {
        String name = directory.toString();
        DirectoryTree plain = new DirectoryTree(directory, Completeness.UNKNOWN);
        List<String> names = plain.list("/").present().orElse(List.of());
        Path top = directory;
        if (names.size() == 1 && ROOTS.stream().anyMatch(root -> plain.has("/" + names.getFirst() + "/" + root))) {
            top = directory.resolve(names.getFirst());
        }
        DirectoryTree tree = new DirectoryTree(top, Completeness.UNKNOWN);
        Optional<Manifest> manifest = tree.bytes("/" + Manifest.FILE, Limits.STANDARD.fileBytes()).present().flatMap(Manifest::parse);
        if (manifest.isPresent() && tree.has("/" + CaptureLayout.ROOT)) {
            return capture(name, top, manifest.get());
        }
        boolean sos = tree.has(SosReport.COMMANDS);
        FileTree files = sos ? new Redirected(tree, tree, outputs(tree)) : tree;
        return new HostRoot(name, sos ? SourceKind.SOS_REPORT : SourceKind.DIRECTORY, files, List.of());
    }

    private static Map<String, String> outputs(FileTree tree) {
        Map<String, String> outputs = new HashMap<>();
        for (HostCommand command : HostCommand.values()) {
            SosReport.places(command).stream().filter(tree::has).findFirst().ifPresent(place -> outputs.put(command.path(), place));
        }
        return outputs;
    }

    /** Nobody can tell whether an unpacked capture lost a file on the way, so that here too only what was looked for is absent. */
    private static HostRoot capture(String name, Path top, Manifest manifest) {
        DirectoryTree tree = new DirectoryTree(top.resolve(CaptureLayout.ROOT), manifest.completeness());
        DirectoryTree outer = new DirectoryTree(top, Completeness.UNKNOWN);
        Map<String, String> outputs = new HashMap<>();
        for (HostCommand command : HostCommand.values()) {
            outputs.put(command.path(), "/" + CaptureLayout.OUTPUT + "/" + command.fileName());
        }
        return new HostRoot(name, SourceKind.CAPTURE, new Redirected(tree, outer, outputs), CaptureLayout.remarks(manifest));
    }

    /** A tree some of whose paths are elsewhere: in {@code outer}, under other names. */
    private record Redirected(FileTree tree, FileTree outer, Map<String, String> elsewhere) implements FileTree {

        private FileTree of(String path) {
            return elsewhere.containsKey(path) ? outer : tree;
        }

        private String at(String path) {
            return elsewhere.getOrDefault(path, path);
        }

        @Override
        public Reading<byte[]> bytes(String path, int most) {
            return of(path).bytes(at(path), most);
        }

        @Override
        public Reading<List<String>> list(String path) {
            return tree.list(path);
        }

        @Override
        public Reading<String> link(String path) {
            return tree.link(path);
        }

        @Override
        public Reading<String> realPath(String path) {
            return tree.realPath(path);
        }

        @Override
        public boolean has(String path) {
            return of(path).has(at(path));
        }

        @Override
        public boolean whole(String path) {
            return tree.whole(path);
        }
    }
}
