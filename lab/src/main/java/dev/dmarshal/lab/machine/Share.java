package dev.dmarshal.lab.machine;

import java.nio.file.Path;

/**
 * A folder of this machine that the guest can mount over 9p, read-only. The device is a virtio one and takes a slot on the root complex.
 *
 * @param tag    the mount tag
 * @param folder the folder
 */
public record Share(String tag, Path folder) {
}
