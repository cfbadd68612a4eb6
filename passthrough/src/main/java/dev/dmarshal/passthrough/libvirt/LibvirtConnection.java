package dev.dmarshal.passthrough.libvirt;

import java.io.Closeable;
import java.io.IOException;

/** libvirt as far as dmarshal uses it. What libvirt refuses is an {@link IOException} with its own words. Not for use by several threads. */
public interface LibvirtConnection extends Closeable {

    /** {@code VIR_DOMAIN_AFFECT_LIVE} of virDomainDeviceModifyFlags (include/libvirt/libvirt-domain.h). */
    int LIVE = 1;
    /** {@code VIR_DOMAIN_AFFECT_CONFIG}. */
    int CONFIG = 2;

    /** Whether a guest runs; paused counts as running. */
    boolean runs(String domain) throws IOException;

    /** Whether libvirt keeps a definition of the guest for its next start. */
    boolean kept(String domain) throws IOException;

    /**
     * A guest's XML.
     *
     * @param saved whether that of its next start is asked for, not that of now
     */
    String xml(String domain, boolean saved) throws IOException;

    /** virDomainAttachDeviceFlags. @param scope {@link #LIVE} or {@link #CONFIG} */
    void attach(String domain, String xml, int scope) throws IOException;

    /** virDomainDetachDeviceFlags; on a running guest it may return before the guest has let go. @param scope {@link #LIVE} or {@link #CONFIG} */
    void detach(String domain, String xml, int scope) throws IOException;

    /** Opens one. */
    @FunctionalInterface
    interface Opener {

        /** A connection to the libvirt of this host. */
        LibvirtConnection open() throws IOException;
    }
}
