package dev.dmarshal.cli.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.setup.Stock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Dumps in kdump's formats, by the programs that write them in the field: QEMU and makedumpfile. Debian builds both without some of the compressors. */
public final class DumpFormats {

    private DumpFormats() {
    }

    public static List<String> of(Machine machine) throws LabFailure {
        String capability = machine.qmp().execute("query-dump-guest-memory-capability", Map.of());
        return Stream.of("kdump-zlib", "kdump-lzo", "kdump-snappy").filter(capability::contains).toList();
    }

    /**
     * An ELF core of a machine's RAM file, its program headers right behind the first header as the kernel writes them: makedumpfile 1.7.2 takes them
     * for granted
     * there, and cannot read what QEMU 7.2 and later write ("Can't get the number of PT_LOAD").
     */
    public static Path core(Path ram, Path folder) throws Exception {
        ByteBuffer header = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        header.put(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1}).putShort(16, (short) 4).putShort(18, (short) 62).putInt(20, 1).putLong(32, 64);
        header.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 2);
        int note = 64 + 2 * 56;
        header.putInt(64, 4).putLong(72, note).putLong(96, 20 + 336).putLong(104, 20 + 336);
        header.putInt(120, 1).putLong(128, 4096).putLong(152, Files.size(ram)).putLong(160, Files.size(ram));
        header.putInt(note, 5).putInt(note + 4, 336).putInt(note + 8, 1).put(note + 12, new byte[] {'C', 'O', 'R', 'E'});
        Path core = folder.resolve("plain-core");
        try (FileChannel out = FileChannel.open(core, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE); FileChannel in = FileChannel.open(ram)) {
            out.write(header.rewind());
            for (long at = 0; at < in.size();) {
                at += in.transferTo(at, in.size() - at, out);
            }
        }
        return core;
    }

    /** What makedumpfile makes of an ELF core in its several ways: each a list of files that belong together. Pages of zeros are left out. */
    public static Map<String, List<Path>> ofMakedumpfile(Path core, Path folder) throws Exception {
        Path tree = Stock.ofEnvironment(System.getenv()).makedumpfileTree();
        Map<String, List<Path>> made = new LinkedHashMap<>();
        for (String way : List.of("-c", "-l", "-d 1", "-F -c", "--split -l")) {
            boolean flat = way.startsWith("-F");
            List<Path> files = Stream.of("one", "two").limit(way.startsWith("--split") ? 2 : 1).map(name -> folder.resolve(made.size() + name)).toList();
            List<String> command = new ArrayList<>(List.of(tree.resolve("usr/bin/makedumpfile").toString(), "-d", "1"));
            command.addAll(List.of(way.equals("-d 1") ? new String[0] : way.split(" ")));
            command.add(core.toString());
            files.stream().filter(file -> !flat).forEach(file -> command.add(file.toString()));
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(folder.resolve("log").toFile())
                    .redirectOutput((flat ? files.getFirst() : folder.resolve("out")).toFile());
            builder.environment().put("LD_LIBRARY_PATH", tree.resolve("lib/x86_64-linux-gnu") + ":" + tree.resolve("usr/lib/x86_64-linux-gnu"));
            Process process = builder.start();
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(way + "\n" + Files.readString(folder.resolve("log"))).isZero();
            made.put("makedumpfile " + way, files);
        }
        return made;
    }
}
