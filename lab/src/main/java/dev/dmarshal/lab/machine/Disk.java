package dev.dmarshal.lab.machine;

import java.nio.file.Path;

/**
 * A raw disk image of a machine. Writes go to a throw-away layer, so that machines can share an image.
 *
 * @param id    the drive's name
 * @param image the file
 * @param part  the device it is in: an {@code nvme} or {@code virtio-blk-pci}, placed like any other part
 */
public record Disk(String id, Path image, Part part) {

    /** An NVMe drive on the root complex. */
    public static Disk nvme(String id, Path image) {
        return new Disk(id, image, Part.device("nvme", id + "-controller").with("serial", id));
    }

    /** The same in another place. */
    public Disk in(Part other) {
        return new Disk(id, image, other);
    }
}
