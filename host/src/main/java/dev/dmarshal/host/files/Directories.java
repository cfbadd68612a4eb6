package dev.dmarshal.host.files;

import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.Remark;
import dev.dmarshal.host.SourceKind;
import dev.dmarshal.host.capture.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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
        FileTree files = sos ? new Redirected(tree, outputs(tree)) : tree;
        return new HostRoot(name, sos ? SourceKind.SOS_REPORT : SourceKind.DIRECTORY, files, List.of());
    }

    private static Map<String, String> outputs(FileTree tree) {
        Map<String, String> outputs = new HashMap<>();
        for (HostCommand command : HostCommand.values()) {
            SosReport.places(command).stream().filter(tree::has).findFirst().ifPresent(place -> outputs.put(command.path(), place));
        }
        return outputs;
    }

    /** An unpacked capture is taken into memory as a packed one is, so that both answer alike. */
    private static HostRoot capture(String name, Path top, Manifest manifest) {
        MemoryTree all = new MemoryTree();
        List<Remark> remarks = new ArrayList<>();
        boolean whole = true;
        try (Stream<Path> files = Files.walk(top)) {
            take(top, files.iterator(), all);
        } catch (IOException | UncheckedIOException e) {
            whole = false;
            remarks.add(new Remark("capture-damaged", "not all of it could be read: " + e.getMessage()));
        }
        return CaptureLayout.open(name, all, manifest, whole, remarks);
    }

    private static void take(Path top, Iterator<Path> files, MemoryTree all) throws IOException {
        long kept = 0;
        while (files.hasNext()) {
            Path file = files.next();
            String path = "/" + top.relativize(file);
            kept += Limits.ENTRY_BYTES + path.length();
            if (Files.isSymbolicLink(file)) {
                all.link(path, Files.readSymbolicLink(file).toString());
            } else if (Files.isDirectory(file)) {
                all.folder(path);
            } else if (Files.isRegularFile(file)) {
                kept += Math.min(Files.size(file), Limits.STANDARD.logBytes());
                all.file(path, LiveTree.content(file, Limits.STANDARD.logBytes()));
            }
            if (kept > Limits.STANDARD.keptBytes()) {
                throw new IOException("it holds more than " + Limits.STANDARD.keptBytes() + " bytes");
            }
        }
    }

    /** A tree some of whose paths are elsewhere in it. */
    private record Redirected(FileTree tree, Map<String, String> elsewhere) implements FileTree {

        private String at(String path) {
            return elsewhere.getOrDefault(path, path);
        }

        @Override
        public Reading<byte[]> bytes(String path, int most) {
            return tree.bytes(at(path), most);
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
            return tree.has(at(path));
        }

        @Override
        public boolean whole(String path) {
            return tree.whole(path);
        }
    }
}
