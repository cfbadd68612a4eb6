package dev.dmarshal.core.tables;

import dev.dmarshal.core.image.FormatTargets;
import dev.dmarshal.core.image.KdumpTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What Jazzer drives in the long mode ({@code core/fuzz}): the targets of this room by name. Nothing may be thrown, whatever the bytes.
 * {@link FuzzCorpusTest} plays what the fuzzer found.
 */
public final class CoreFuzz {

    /** Each reads one thing, so that little time goes by for one input. */
    enum Target {
        ELF(FormatTargets::elf), LIME(FormatTargets::lime), RAW(FormatTargets::raw), KDUMP(KdumpTarget::kdump), FLATTENED(FormatTargets::flattened),
        LZO(FormatTargets::lzo), SNAPPY(FormatTargets::snappy), WALK(TableTargets::walk), MAPPINGS(TableTargets::mappings), SEARCH(TableTargets::search),
        AUDIT(TableTargets::audit), FILES(FileTarget::files);

        private final Consumer<byte[]> run;

        Target(Consumer<byte[]> run) {
            this.run = run;
        }

        void play(byte[] bytes) {
            run.accept(bytes);
        }

        String folder() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static Target target = Target.FILES;

    private CoreFuzz() {
    }

    /** Plays the files of folders without a fuzzer, to see what they cover: the target's name, the folders. */
    public static void main(String[] arguments) throws IOException {
        fuzzerInitialize(arguments);
        for (String folder : List.of(arguments).subList(1, arguments.length)) {
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                for (Path file : files.toList()) {
                    fuzzerTestOneInput(Files.readAllBytes(file));
                }
            }
        }
    }

    /** Jazzer's entry point for arguments: the target's name. */
    public static void fuzzerInitialize(String[] arguments) {
        target = Target.valueOf(arguments[0].toUpperCase(Locale.ROOT));
    }

    /** Jazzer's entry point. One thread at a time, as Jazzer does. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        target.play(bytes);
    }
}
