package dev.dmarshal.host.version;

/** The version of what reads the command line. */
public sealed interface RunningVersion permits KernelVersion, XenVersion {

    /** Linux or Xen. */
    Platform platform();

    /** The numbers. */
    Release release();

    /** What follows the numbers, as the distribution wrote it; empty when nothing does. */
    String suffix();

    /** Whether its maker is known to carry later changes back, so that rules by version number are uncertain. */
    boolean backported();

    /** Numbers and suffix, as {@code uname -r} prints them. */
    default String text() {
        return release() + suffix();
    }
}
