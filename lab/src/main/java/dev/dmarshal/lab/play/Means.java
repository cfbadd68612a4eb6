package dev.dmarshal.lab.play;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import dev.dmarshal.lab.qtest.QemuProgram;
import dev.dmarshal.lab.setup.LinuxKernel;
import dev.dmarshal.lab.setup.Stock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What plays are staged with.
 *
 * @param program QEMU
 * @param stock   what the setup brought
 * @param kernel  a kernel of the user's own instead of the play's
 * @param xen     a Xen (ELF) of the user's own instead of the stock's
 * @param initrd  an initramfs of the user's own under the lab's: the lab's files come on top
 * @param image   dmarshal with its Java: a folder with {@code bin/dmarshal}, as {@code ./mvnw -Pdist package} makes it
 */
public record Means(QemuProgram program, Stock stock, Optional<LinuxKernel> kernel, Optional<Path> xen, Optional<Path> initrd, Optional<Path> image) {

    /** QEMU and the stock alone. */
    public static Means of(QemuProgram program, Stock stock) {
        return new Means(program, stock, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same with dmarshal's image. */
    public Means withImage(Path folder) throws LabFailure {
        if (!Files.isExecutable(folder.resolve("bin/dmarshal")) || !Files.isRegularFile(folder.resolve("lib/modules"))) {
            throw new LabFailure(Kind.MISSING, "no dmarshal with its own Java at " + folder + " (./mvnw -Pdist package makes one in cli/target)");
        }
        return new Means(program, stock, kernel, xen, initrd, Optional.of(folder));
    }
}
