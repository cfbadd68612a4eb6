package dev.dmarshal.host;

/** In what form a machine's files came. */
public enum SourceKind {
    /** The machine that this runs on. */
    LIVE("this machine"),
    /** A directory with some of a machine's files at their places. */
    DIRECTORY("a directory"),
    /** What {@code dmarshal capture} wrote, packed or unpacked. */
    CAPTURE("a capture"),
    /** What {@code sos report} wrote, packed or unpacked. */
    SOS_REPORT("a sos report"),
    /** Any other tar archive of a machine's files, such as {@code hwloc-gather-topology} makes. */
    ARCHIVE("an archive"),
    /** Text of {@code lspci} with configuration space in hexadecimal ({@code -x}, {@code -xxx}, {@code -xxxx}). */
    LSPCI_TEXT("text of lspci"),
    /** Text of {@code acpidump}. */
    ACPIDUMP_TEXT("text of acpidump"),
    /** One ACPI table, as it is in memory. */
    ACPI_TABLE("an ACPI table"),
    /** A log and nothing else. */
    LOG("a log");

    private final String words;

    SourceKind(String words) {
        this.words = words;
    }

    /** For a sentence. */
    public String words() {
        return words;
    }
}
