package dev.dmarshal.lab.setup;

import dev.dmarshal.lab.LabFailure;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A kernel that the lab can boot.
 *
 * @param release what {@code uname -r} will say
 * @param image   the bzImage
 * @param modules the folder {@code lib/modules/RELEASE}
 */
public record LinuxKernel(String release, Path image, Path modules) {

    /** The one kernel in the tree of an unpacked {@code linux-image} package. */
    public static LinuxKernel inTree(Path tree) throws LabFailure {
        try (DirectoryStream<Path> images = Files.newDirectoryStream(tree.resolve("boot"), "vmlinuz-*")) {
            for (Path image : images) {
                return of(image, tree.resolve("lib/modules"));
            }
        } catch (IOException e) {
            throw new LabFailure(LabFailure.Kind.MISSING, "no kernel in " + tree + " (run lab/setup)", e);
        }
        throw new LabFailure(LabFailure.Kind.MISSING, "no boot/vmlinuz-* in " + tree + " (run lab/setup)");
    }

    /**
     * A kernel of the user's own: {@code vmlinuz-RELEASE}, its modules in {@code modulesFolder/RELEASE}.
     *
     * @param modulesFolder such as {@code /lib/modules}
     */
    public static LinuxKernel of(Path image, Path modulesFolder) throws LabFailure {
        String name = image.getFileName().toString();
        if (!Files.isReadable(image)) {
            throw new LabFailure(LabFailure.Kind.MISSING, "no kernel that can be read at " + image);
        }
        if (!name.startsWith("vmlinuz-")) {
            throw new LabFailure(LabFailure.Kind.DESCRIPTION, image + ": a kernel's file must be called vmlinuz-RELEASE, so that its modules can be found");
        }
        String release = name.substring("vmlinuz-".length());
        Path modules = modulesFolder.resolve(release);
        if (!Files.isDirectory(modules)) {
            throw new LabFailure(LabFailure.Kind.MISSING, "no modules for " + image + " at " + modules);
        }
        return new LinuxKernel(release, image, modules);
    }

    /**
     * The same kernel without its packing, in a file beside the image that is made on first use; the image itself where that is not possible.
     */
    public Path plain() throws LabFailure {
        if (!Files.isWritable(image.toAbsolutePath().getParent())) {
            return image;
        }
        return PlainKernel.beside(image, release).orElse(image);
    }

    /** The same packed lightly, for where it is carried far and unpacked by an emulated processor: far less work than XZ. */
    public Path lightlyPacked() throws LabFailure {
        Path plain = plain();
        return plain.equals(image) ? image : PlainKernel.packedLightly(plain);
    }
}
