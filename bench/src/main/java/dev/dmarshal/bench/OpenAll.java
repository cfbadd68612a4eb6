package dev.dmarshal.bench;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.pci.PciHost;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.Remark;
import dev.dmarshal.host.SourceKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Opens every file under some folders as {@code HostRoot.open} does, reads all that each holds, and counts what they were taken for. */
public final class OpenAll {

    private static final int DEEPEST = 24;

    private OpenAll() {
    }

    /** Arguments: folders or files. Ends with code 1 if any of them could not be opened. */
    public static void main(String[] arguments) throws IOException {
        Map<SourceKind, Integer> kinds = new EnumMap<>(SourceKind.class);
        int failed = 0;
        for (String argument : arguments) {
            try (Stream<Path> files = Files.walk(Path.of(argument))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    failed += open(file, kinds) ? 0 : 1;
                }
            }
        }
        kinds.forEach((kind, count) -> System.out.println(count + "\t" + kind.words()));
        System.out.println(failed + "\tnot opened");
        System.exit(failed > 0 ? 1 : 0);
    }

    private static boolean open(Path file, Map<SourceKind, Integer> kinds) {
        try {
            Reading<HostRoot> reading = HostRoot.open(file);
            if (reading.present().isEmpty()) {
                System.out.println(file + ": " + reading.trouble().orElse("not there"));
                return false;
            }
            HostRoot host = reading.present().get();
            kinds.merge(host.kind(), 1, Integer::sum);
            long[] counts = new long[3];
            walk(host, "/", 0, counts);
            int functions = PciHost.of(host).present().map(found -> found.listed().size()).orElse(0);
            String remarks = String.join("; ", host.remarks().stream().map(Remark::text).toList());
            System.out.println(file.getFileName() + ": " + host.kind().words() + ", " + counts[0] + " files, " + counts[1] + " folders, " + counts[2]
                    + " bytes, " + functions + " functions" + (remarks.isEmpty() ? "" : "; " + remarks));
            return true;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            System.out.println(file + ": " + e);
            return false;
        }
    }

    /** Links are looked at and not walked through. */
    private static void walk(HostRoot host, String folder, int depth, long[] counts) {
        for (String name : host.list(folder).present().orElse(List.of())) {
            String path = (folder.equals("/") ? "" : folder) + "/" + name;
            if (host.link(path).present().isPresent()) {
                counts[0]++;
                continue;
            }
            byte[] bytes = host.bytes(path).present().orElse(null);
            if (bytes != null) {
                counts[0]++;
                counts[2] += bytes.length;
            } else if (depth < DEEPEST) {
                counts[1]++;
                walk(host, path, depth + 1, counts);
            }
        }
    }
}
