package dev.dmarshal.host.image;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.dmarshal.core.image.ByteSource;
import dev.dmarshal.core.image.ElfCore;
import dev.dmarshal.core.image.FlattenedBytes;
import dev.dmarshal.core.image.ImageFinding;
import dev.dmarshal.core.image.Kdump;
import dev.dmarshal.core.image.Lime;
import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.image.SavedMachine;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * An open memory image. Files are mapped, so that only what is looked at is read, and however large an image is, the process stays small. A mapped file that
 * another program shortens meanwhile makes reading fail with an {@link InternalError}; images of running guests keep their size.
 */
public final class ImageFile implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final List<FileChannel> channels = new ArrayList<>();
    private SavedMachine machine;

    private ImageFile() {
    }

    /**
     * Opens an image and recognises its format.
     *
     * @param files  the file; several for the parts of a split kdump file
     * @param layout where the bytes of a file without headers lie
     * @throws IOException if a file cannot be opened
     */
    public static ImageFile open(List<Path> files, RawLayout layout) throws IOException {
        ImageFile image = new ImageFile();
        try {
            List<ByteSource> sources = new ArrayList<>();
            for (Path file : files) {
                sources.add(image.bytes(file));
            }
            image.machine = recognise(sources, layout);
            return image;
        } catch (IOException | RuntimeException failed) {
            image.close();
            throw failed;
        }
    }

    private static SavedMachine recognise(List<ByteSource> sources, RawLayout layout) {
        ByteSource first = sources.getFirst();
        List<ImageFinding> findings = new ArrayList<>();
        if (Kdump.recognises(first) || FlattenedBytes.recognises(first) && Kdump.recognises(FlattenedBytes.of(first, findings))) {
            return Kdump.read(sources, ImageFile::zstd);
        }
        if (ElfCore.recognises(first)) {
            return ElfCore.read(first);
        }
        return Lime.recognises(first) ? Lime.read(first) : layout.read(first);
    }

    private static boolean zstd(byte[] packed, int length, byte[] page) {
        try {
            return Zstd.decompressByteArray(page, 0, page.length, packed, 0, length) == page.length;
        } catch (ZstdException damaged) {
            return false;
        }
    }

    private ByteSource bytes(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new java.nio.file.FileSystemException(file.toString(), null, "is a directory");
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        channels.add(channel);
        // kcore says that it is as large as the address space, and neither it nor vmcore can be relied on to be mapped.
        boolean special = file.toAbsolutePath().normalize().startsWith("/proc");
        if (special) {
            return new ChannelBytes(channel, Long.MAX_VALUE);
        }
        return new FileBytes(channel, channel.map(MapMode.READ_ONLY, 0, channel.size(), arena));
    }

    /** What the image holds. Not to be used after {@link #close}. */
    public SavedMachine machine() {
        return machine;
    }

    @Override
    public void close() {
        arena.close();
        for (FileChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException ignored) {
                // Nothing was written; nothing can be lost.
                continue;
            }
        }
    }
}
