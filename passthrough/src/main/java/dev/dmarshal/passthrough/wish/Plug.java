package dev.dmarshal.passthrough.wish;

import java.util.Map;
import java.util.Optional;

/**
 * How devices are to get into a guest.
 *
 * @param managed      whether libvirt binds them to {@code vfio-pci} itself ({@code managed='yes'}); of no meaning elsewhere
 * @param lasting      whether a running guest is to have them at its next start too; libvirt only
 * @param limitSeconds how long a guest may take to take one or to let one go
 * @param config       with xl, the guest's configuration file that is to have them too
 * @param options      properties of the guest's side, by QEMU's names: {@code bus}, {@code addr}; if {@code bus} is there, no slot is chosen
 */
public record Plug(boolean managed, boolean lasting, int limitSeconds, Optional<String> config, Map<String, String> options) {

    /** How long a guest may take unless told otherwise, in seconds: Linux holds its attention button for five. */
    public static final int USUAL_SECONDS = 30;

    /** Keeps its own copy. */
    public Plug {
        options = Map.copyOf(options);
        if (limitSeconds < 1) {
            throw new IllegalArgumentException("a guest has at least a second");
        }
    }

    /** Without a configuration file. */
    public Plug(boolean managed, boolean lasting, int limitSeconds, Map<String, String> options) {
        this(managed, lasting, limitSeconds, Optional.empty(), options);
    }

    /** Managed by libvirt, for as long as the guest runs, with these properties. */
    public static Plug usual(Map<String, String> options) {
        return new Plug(true, false, USUAL_SECONDS, options);
    }
}
